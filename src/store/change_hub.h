// SPDX-License-Identifier: Apache-2.0
// Tells subscribers what commits changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "skyden/model/ids.h"
#include "skyden/store/change.h"
#include "store/subscribers.h"

namespace skyden::store {

// What a commit changed, gathered from its requests: one change for each owner, sorted.
// Thread-compatible.
class ChangeBatch {
 public:
  void Add(Change change);
  const std::vector<Change>& all() const { return all_; }

 private:
  using Owner = std::pair<model::OrganizationKey, model::TenantKey>;
  absl::flat_hash_map<Owner, size_t> places_;
  std::vector<Change> all_;
};

// Thread-safe; Publish from one thread at a time. Outlives its subscriptions.
class ChangeHub {
 public:
  // `tenant` nullopt: of every owner.
  std::unique_ptr<Subscription> Subscribe(std::optional<model::TenantKey> tenant,
                                          Subscribers<Change>::Listener listener);
  // Calls the listeners of every owner (caches), then those of `change.tenant` (who read caches),
  // or of every tenant when it is about all that an organization owns.
  void Publish(const Change& change);
  // How many changes were published, or are about to be.
  uint64_t position() const { return position_.load(std::memory_order_acquire); }

 private:
  std::atomic<uint64_t> position_{0};
  // Key 0 (no tenant has it): the listeners of every owner.
  Subscribers<Change> subscribers_;
};

}  // namespace skyden::store
