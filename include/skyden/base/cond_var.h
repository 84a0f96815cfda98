// SPDX-License-Identifier: Apache-2.0
// Waiting with a bound that no change of the wall clock moves.
#pragma once

#include <condition_variable>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace skyden::base {

// A condition variable beside an absl::Mutex. Every wait with a bound is one of these: absl's own,
// as Debian builds them, wait for a time of day, and after the clock is set back a day so do they.
// Thread-safe. May wake without cause, as any condition variable may.
class CondVar {
 public:
  void Wait(absl::Mutex& mu) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  // Returns after `at_most` at the latest; InfiniteDuration waits for a signal.
  void WaitFor(absl::Mutex& mu, absl::Duration at_most) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);

  // Waits until `condition()` holds, which is asked with `mu` held; false when `at_most` passed
  // first. Whoever makes it hold signals. Not analysed inside: `condition` knows the mutex by
  // another name.
  template <typename Condition>
  bool AwaitFor(absl::Mutex& mu, absl::Duration at_most, Condition condition)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const absl::Duration until = Elapsed() + at_most;
    while (!condition()) {
      const absl::Duration left = until - Elapsed();
      if (left <= absl::ZeroDuration()) return false;
      WaitFor(mu, left);
    }
    return true;
  }

  void Signal() { waiters_.notify_one(); }
  void SignalAll() { waiters_.notify_all(); }

 private:
  static absl::Duration Elapsed();

  std::condition_variable_any waiters_;
};

}  // namespace skyden::base
