// SPDX-License-Identifier: Apache-2.0
// Tells subscribers what commits changed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "skyden/model/ids.h"
#include "skyden/store/change.h"

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
  using Listener = absl::AnyInvocable<void(const Change&)>;

  std::unique_ptr<Subscription> Subscribe(std::optional<model::TenantKey> tenant, Listener listener)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Calls the listeners of every owner (caches), then those of `change.tenant` (who read caches),
  // or of every tenant when it is about all that an organization owns.
  void Publish(const Change& change) ABSL_LOCKS_EXCLUDED(mu_);
  // How many changes were published, or are about to be.
  uint64_t position() const { return position_.load(std::memory_order_acquire); }

 private:
  struct Entry {
    explicit Entry(Listener l) : listener(std::move(l)) {}
    Listener listener;
  };
  using Entries = std::vector<std::shared_ptr<Entry>>;
  class Handle;

  void Call(const std::shared_ptr<Entry>& entry, model::TenantKey key, const Change& change)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Remove(model::TenantKey key, const Entry* entry) ABSL_LOCKS_EXCLUDED(mu_);
  bool Holds(model::TenantKey key, const Entry* entry) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  void CallAll(model::TenantKey key, const Change& change) ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<model::TenantKey> Tenants() ABSL_LOCKS_EXCLUDED(mu_);

  std::atomic<uint64_t> position_{0};
  absl::Mutex mu_;
  // Key 0 (no tenant has it): the listeners of every owner.
  absl::flat_hash_map<model::TenantKey, Entries> entries_ ABSL_GUARDED_BY(mu_);
  const Entry* running_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::thread::id publisher_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::store
