// SPDX-License-Identifier: Apache-2.0
#include "store/change_hub.h"

#include <utility>

namespace skyden::store {

std::unique_ptr<Subscription> ChangeHub::Subscribe(std::optional<model::TenantKey> tenant,
                                                   Subscribers<Change>::Listener listener) {
  return subscribers_.Add(tenant.value_or(model::TenantKey{}), std::move(listener));
}

void ChangeBatch::Add(Change change) {
  if (change.empty()) return;
  change.Sort();
  const Owner owner{change.organization, change.tenant};
  const auto [place, is_new] = places_.try_emplace(owner, all_.size());
  if (is_new) {
    all_.push_back(std::move(change));
  } else {
    all_[place->second].Merge(std::move(change));
  }
}

void ChangeHub::Publish(const Change& change) {
  position_.fetch_add(1, std::memory_order_acq_rel);
  subscribers_.Call({}, change);
  if (change.tenant != model::TenantKey{}) return subscribers_.Call(change.tenant, change);
  // An organization that ended owns no control planes.
  if (!change.all || change.self == Change::Self::kGone) return;
  for (const model::TenantKey tenant : subscribers_.Keys()) {
    if (tenant != model::TenantKey{}) subscribers_.Call(tenant, change);
  }
}

}  // namespace skyden::store
