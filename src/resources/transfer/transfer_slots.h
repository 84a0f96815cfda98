// SPDX-License-Identifier: Apache-2.0
// Whole control planes in memory: only so many at once.
#pragma once

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/limits.h"

namespace skyden::resources {

// Thread-safe. Outlives its slots.
class TransferSlots {
 public:
  struct GiveBack {
    void operator()(TransferSlots* slots) const {
      absl::MutexLock lock(&slots->mu_);
      --slots->taken_;
    }
  };
  using Slot = std::unique_ptr<TransferSlots, GiveBack>;

  // RESOURCE_EXHAUSTED when all are taken.
  absl::StatusOr<Slot> Take() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (taken_ >= base::limits::kTransfersAtOnce) {
      return absl::ResourceExhaustedError(
          "other imports and exports are under way; try again in a moment");
    }
    ++taken_;
    return Slot(this);
  }

 private:
  absl::Mutex mu_;
  int taken_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace skyden::resources
