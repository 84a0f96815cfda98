// SPDX-License-Identifier: Apache-2.0
// Tells subscribers what commits changed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "skyden/store/store.h"

namespace skyden::store {

// Thread-safe; Publish from one thread at a time. Outlives its subscriptions.
class ChangeHub {
 public:
  using Listener = absl::AnyInvocable<void(const Change&)>;

  std::unique_ptr<Subscription> Subscribe(std::optional<model::TenantKey> tenant, Listener listener)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Calls the listeners of every tenant (caches), then those of `change.tenant` (who read caches).
  void Publish(const Change& change) ABSL_LOCKS_EXCLUDED(mu_);

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

  absl::Mutex mu_;
  // Key 0 (no tenant has it): the listeners of every tenant.
  absl::flat_hash_map<model::TenantKey, Entries> entries_ ABSL_GUARDED_BY(mu_);
  const Entry* running_ ABSL_GUARDED_BY(mu_) = nullptr;
  std::thread::id publisher_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::store
