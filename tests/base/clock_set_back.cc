// SPDX-License-Identifier: Apache-2.0
// Waits while the wall clock is set back, a day at a time (see moved_clock.cc, which is preloaded).
// A wait that goes by the wall clock lasts until it has caught up: these tests then do not end.
#include <dlfcn.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>

#include "absl/synchronization/notification.h"
#include "skyden/base/clock.h"
#include "skyden/base/cond_var.h"
#include "skyden/base/executor.h"

namespace skyden::base {
namespace {

constexpr int64_t kDay = 86'400;
constexpr absl::Duration kMoment = absl::Milliseconds(20);

void MoveClock(int64_t seconds) {
  void* const found = dlsym(RTLD_DEFAULT, "skyden_move_clock");
  REQUIRE(found != nullptr);
  void (*move)(int64_t) = nullptr;
  std::memcpy(&move, &found, sizeof found);
  move(seconds);
}

// Until the monotonic clock says so; the thread that is waited for is asleep by then.
void SpinFor(absl::Duration time) {
  const RealClock clock;
  for (const absl::Duration until = clock.Monotonic() + time; clock.Monotonic() < until;) {
    std::this_thread::yield();
  }
}

TEST_CASE("the clock of this test can be moved", "[base][clock]") {
  const RealClock clock;
  const absl::Time before = clock.Now();
  const absl::Duration monotonic = clock.Monotonic();
  MoveClock(-kDay);
  CHECK(clock.Now() < before - absl::Hours(23));
  CHECK(clock.Monotonic() >= monotonic);
}

TEST_CASE("timers keep their time when the clock is set back", "[base][clock]") {
  const auto timers = MakeTimers();
  WorkerPool workers("worker", 1);
  for (int round = 0; round < 3; ++round) {
    absl::Notification fired;
    timers->After(3 * kMoment, workers, [&fired] { fired.Notify(); });
    SpinFor(kMoment);
    MoveClock(-kDay);
    fired.WaitForNotification();
  }
}

TEST_CASE("timers keep their time when the clock is set ahead", "[base][clock]") {
  const RealClock clock;
  const auto timers = MakeTimers();
  WorkerPool workers("worker", 1);
  absl::Notification fired;
  const absl::Duration begun = clock.Monotonic();
  timers->After(3 * kMoment, workers, [&fired] { fired.Notify(); });
  SpinFor(kMoment);
  MoveClock(kDay);
  fired.WaitForNotification();
  CHECK(clock.Monotonic() - begun >= 3 * kMoment);
}

TEST_CASE("a wait with a bound ends in time when the clock is set back", "[base][clock]") {
  absl::Mutex mu;
  CondVar never;
  absl::Notification ended;
  std::thread waits([&] {
    absl::MutexLock lock(&mu);
    CHECK_FALSE(never.AwaitFor(mu, 3 * kMoment, [] { return false; }));
    ended.Notify();
  });
  SpinFor(kMoment);
  MoveClock(-kDay);
  ended.WaitForNotification();
  waits.join();
}

}  // namespace
}  // namespace skyden::base
