// SPDX-License-Identifier: Apache-2.0
#include "kds/zone_news.h"

#include <utility>

namespace skyden::kds {

std::shared_ptr<void> ZoneNews::Subscribe(ConnectedZones::Listener changed) {
  auto listener = std::make_shared<ConnectedZones::Listener>(std::move(changed));
  absl::MutexLock lock(&mu_);
  std::erase_if(listeners_, [](const auto& weak) { return weak.expired(); });
  listeners_.push_back(listener);
  return listener;
}

void ZoneNews::Tell(model::OrganizationKey organization, model::TenantKey tenant) {
  std::vector<std::shared_ptr<const ConnectedZones::Listener>> listeners;
  {
    absl::MutexLock lock(&mu_);
    for (const auto& weak : listeners_) {
      if (auto listener = weak.lock()) listeners.push_back(std::move(listener));
    }
  }
  for (const auto& listener : listeners) (*listener)(organization, tenant);
}

}  // namespace skyden::kds
