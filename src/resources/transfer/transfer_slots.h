// SPDX-License-Identifier: Apache-2.0
// Whole control planes in memory: only so many at once, and one of each.
#pragma once

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"
#include "skyden/model/ids.h"

namespace skyden::resources {

// Thread-safe. Outlives its slots.
class TransferSlots {
 public:
  struct GiveBack {
    model::TenantKey tenant{};
    void operator()(TransferSlots* slots) const {
      absl::MutexLock lock(&slots->mu_);
      slots->taken_.erase(tenant);
    }
  };
  using Slot = std::unique_ptr<TransferSlots, GiveBack>;

  // RESOURCE_EXHAUSTED when all are taken, or the control plane has one.
  absl::StatusOr<Slot> Take(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (absl::Status full = Check(tenant); !full.ok()) return full;
    taken_.insert(tenant);
    return Slot(this, GiveBack{tenant});
  }
  // Whether Take would give one now.
  absl::Status CheckFree(model::TenantKey tenant) const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return Check(tenant);
  }

 private:
  absl::Status Check(model::TenantKey tenant) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (taken_.contains(tenant)) {
      return Full("an import or export of this control plane is under way; try again in a moment");
    }
    if (taken_.size() >= static_cast<size_t>(base::limits::kTransfersAtOnce)) {
      return Full("other imports and exports are under way; try again in a moment");
    }
    return absl::OkStatus();
  }
  static absl::Status Full(const char* why) {
    return base::WithRetryAfter(absl::ResourceExhaustedError(why), absl::Seconds(2));
  }

  mutable absl::Mutex mu_;
  absl::flat_hash_set<model::TenantKey> taken_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::resources
