// SPDX-License-Identifier: Apache-2.0
#include "kds/tenant_listeners.h"

#include <utility>

namespace skyden::kds {

std::shared_ptr<void> TenantListeners::Subscribe(model::TenantKey tenant, Listener changed) {
  auto listener = std::make_shared<Listener>(std::move(changed));
  absl::MutexLock lock(&mu_);
  auto& of_tenant = listeners_[tenant];
  std::erase_if(of_tenant, [](const auto& weak) { return weak.expired(); });
  of_tenant.push_back(listener);
  return listener;
}

void TenantListeners::Tell(model::TenantKey tenant) {
  std::vector<std::shared_ptr<const Listener>> listeners;
  {
    absl::MutexLock lock(&mu_);
    const auto found = listeners_.find(tenant);
    if (found == listeners_.end()) return;
    std::erase_if(found->second, [](const auto& weak) { return weak.expired(); });
    for (const auto& weak : found->second) {
      if (auto listener = weak.lock()) listeners.push_back(std::move(listener));
    }
    if (found->second.empty()) listeners_.erase(found);
  }
  for (const auto& listener : listeners) (*listener)();
}

}  // namespace skyden::kds
