// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/cond_var.h"

#include <catch2/catch.hpp>
#include <thread>

#include "skyden/base/clock.h"

namespace skyden::base {
namespace {

TEST_CASE("a signal ends a wait long before its bound", "[base][cond_var]") {
  absl::Mutex mu;
  CondVar changed;
  bool ready = false;
  std::thread sets([&] {
    absl::MutexLock lock(&mu);
    ready = true;
    changed.SignalAll();
  });
  {
    absl::MutexLock lock(&mu);
    CHECK(changed.AwaitFor(mu, absl::Hours(1), [&] { return ready; }));
    CHECK(changed.AwaitFor(mu, absl::ZeroDuration(), [&] { return ready; }));
  }
  sets.join();
}

TEST_CASE("a wait without a bound lasts until a signal", "[base][cond_var]") {
  absl::Mutex mu;
  CondVar changed;
  bool ready = false;
  std::thread sets([&] {
    absl::MutexLock lock(&mu);
    ready = true;
    changed.Signal();
  });
  {
    absl::MutexLock lock(&mu);
    while (!ready) changed.WaitFor(mu, absl::InfiniteDuration());
    CHECK(ready);
  }
  sets.join();
}

TEST_CASE("a wait is over when its bound has passed", "[base][cond_var]") {
  const RealClock clock;
  absl::Mutex mu;
  CondVar never;
  const absl::Duration begun = clock.Monotonic();
  absl::MutexLock lock(&mu);
  CHECK_FALSE(never.AwaitFor(mu, absl::Milliseconds(5), [] { return false; }));
  CHECK(clock.Monotonic() - begun >= absl::Milliseconds(5));
  CHECK_FALSE(never.AwaitFor(mu, -absl::InfiniteDuration(), [] { return false; }));
}

}  // namespace
}  // namespace skyden::base
