// SPDX-License-Identifier: Apache-2.0
// Time as a dependency: services take a Clock, tests move it by hand.
#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace skyden::base {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // Wall-clock time. May jump; use it for what users see, never to measure a duration.
  virtual absl::Time Now() const = 0;
  // Never goes back, starts anywhere. For timeouts and back-off.
  virtual absl::Duration Monotonic() const = 0;
};

class RealClock final : public Clock {
 public:
  absl::Time Now() const override;
  absl::Duration Monotonic() const override;
};

// Stands still until moved.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time start = absl::FromUnixSeconds(1'700'000'000)) : now_(start) {}
  absl::Time Now() const override ABSL_LOCKS_EXCLUDED(mu_);
  absl::Duration Monotonic() const override ABSL_LOCKS_EXCLUDED(mu_);
  void Advance(absl::Duration by) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  mutable absl::Mutex mu_;
  absl::Time now_ ABSL_GUARDED_BY(mu_);
  absl::Duration elapsed_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::base
