// SPDX-License-Identifier: Apache-2.0
// No lock is held while a listener runs. Leaving waits until the listener is not running, unless it
// is the listener that leaves.
#include "store/change_hub.h"

#include <algorithm>
#include <utility>

namespace skyden::store {

class ChangeHub::Handle final : public Subscription {
 public:
  Handle(ChangeHub& hub, model::TenantKey key, std::shared_ptr<Entry> entry)
      : hub_(hub), key_(key), entry_(std::move(entry)) {}
  ~Handle() override { hub_.Remove(key_, entry_.get()); }

 private:
  ChangeHub& hub_;
  const model::TenantKey key_;
  const std::shared_ptr<Entry> entry_;
};

std::unique_ptr<Subscription> ChangeHub::Subscribe(std::optional<model::TenantKey> tenant,
                                                   Listener listener) {
  const model::TenantKey key = tenant.value_or(model::TenantKey{});
  auto entry = std::make_shared<Entry>(std::move(listener));
  {
    absl::MutexLock lock(&mu_);
    entries_[key].push_back(entry);
  }
  return std::make_unique<Handle>(*this, key, std::move(entry));
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
  CallAll({}, change);
  if (change.tenant != model::TenantKey{}) return CallAll(change.tenant, change);
  // An organization that ended owns no control planes.
  if (!change.all || change.self == Change::Self::kGone) return;
  for (const model::TenantKey tenant : Tenants()) CallAll(tenant, change);
}

void ChangeHub::CallAll(model::TenantKey key, const Change& change) {
  Entries entries;
  {
    absl::MutexLock lock(&mu_);
    const auto found = entries_.find(key);
    if (found != entries_.end()) entries = found->second;
  }
  for (const auto& entry : entries) Call(entry, key, change);
}

std::vector<model::TenantKey> ChangeHub::Tenants() {
  absl::MutexLock lock(&mu_);
  std::vector<model::TenantKey> tenants;
  for (const auto& [tenant, entries] : entries_) {
    if (tenant != model::TenantKey{}) tenants.push_back(tenant);
  }
  return tenants;
}

bool ChangeHub::Holds(model::TenantKey key, const Entry* entry) const {
  const auto found = entries_.find(key);
  return found != entries_.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [entry](const auto& held) { return held.get() == entry; });
}

void ChangeHub::Call(const std::shared_ptr<Entry>& entry, model::TenantKey key,
                     const Change& change) {
  {
    absl::MutexLock lock(&mu_);
    if (!Holds(key, entry.get())) return;  // it left meanwhile
    running_ = entry.get();
    publisher_ = std::this_thread::get_id();
  }
  entry->listener(change);
  absl::MutexLock lock(&mu_);
  running_ = nullptr;
}

void ChangeHub::Remove(model::TenantKey key, const Entry* entry) {
  absl::MutexLock lock(&mu_);
  const auto found = entries_.find(key);
  if (found != entries_.end()) {
    std::erase_if(found->second, [entry](const auto& held) { return held.get() == entry; });
    if (found->second.empty()) entries_.erase(found);
  }
  if (running_ == entry && publisher_ == std::this_thread::get_id()) return;
  struct Wait {
    ChangeHub* hub;
    const Entry* entry;
  } wait{this, entry};
  const auto idle =
      +[](Wait* w) ABSL_NO_THREAD_SAFETY_ANALYSIS { return w->hub->running_ != w->entry; };
  mu_.Await(absl::Condition(idle, &wait));
}

}  // namespace skyden::store
