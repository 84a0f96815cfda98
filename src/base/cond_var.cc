// SPDX-License-Identifier: Apache-2.0
// libstdc++ waits for a steady clock with pthread_cond_clockwait, which the wall clock cannot move.
#include "skyden/base/cond_var.h"

#include <algorithm>
#include <chrono>

namespace skyden::base {
namespace {

// So that now + wait stays within 64 bits of nanoseconds. Nobody waits that long.
constexpr absl::Duration kLongest = absl::Hours(24 * 365);

// What condition_variable_any takes for a lock.
class Held {
 public:
  explicit Held(absl::Mutex& mu) : mu_(mu) {}
  void lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mu_.Lock(); }
  void unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mu_.Unlock(); }

 private:
  absl::Mutex& mu_;
};

}  // namespace

void CondVar::Wait(absl::Mutex& mu) {
  Held held(mu);
  waiters_.wait(held);
}

void CondVar::WaitFor(absl::Mutex& mu, absl::Duration at_most) {
  if (at_most == absl::InfiniteDuration()) return Wait(mu);
  Held held(mu);
  const absl::Duration wait = std::clamp(at_most, absl::ZeroDuration(), kLongest);
  waiters_.wait_until(held, std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(wait));
}

absl::Duration CondVar::Elapsed() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace skyden::base
