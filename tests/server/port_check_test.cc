// SPDX-License-Identifier: Apache-2.0
#include "server/port_check.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <string>

#include "absl/synchronization/notification.h"

namespace skyden::server {
namespace {

constexpr absl::Duration kFresh = absl::Seconds(1);

struct Ports {
  base::FakeClock clock;
  std::atomic<int> knocks{0};
  std::atomic<bool> answers{true};
  PortCheck check{
      clock,
      {{"one", [this] { return Knock(absl::OkStatus()); }},
       {"other",
        [this] { return Knock(answers ? absl::OkStatus() : absl::UnavailableError("no")); }}},
      kFresh};

  absl::Status Knock(absl::Status status) {
    ++knocks;
    return status;
  }
  absl::Status Ask() {
    absl::Notification told;
    absl::Status verdict;
    check.Ask([&](const absl::Status& status) {
      verdict = status;
      told.Notify();
    });
    told.WaitForNotification();
    return verdict;
  }
};

TEST_CASE("ports are knocked at when somebody asks, and what was found is good for a moment",
          "[server][ports]") {
  Ports ports;
  CHECK(ports.knocks == 0);
  CHECK(ports.Ask().ok());
  CHECK(ports.Ask().ok());
  CHECK(ports.knocks == 2);
  ports.answers = false;
  CHECK(ports.Ask().ok());  // still the same moment
  ports.clock.Advance(kFresh);
  CHECK(ports.Ask().message() == "the other port does not answer: no");
  CHECK(ports.check.Last().message() == "the other port does not answer: no");
  ports.answers = true;
  ports.clock.Advance(kFresh);
  CHECK(ports.Ask().ok());
  CHECK(ports.check.Last().ok());
}

TEST_CASE("who asks while a port hangs is told what came of it, once, by one knock",
          "[server][ports]") {
  base::FakeClock clock;
  absl::Notification hanging;
  absl::Notification go;
  std::atomic<int> told{0};
  {
    PortCheck check(clock,
                    {{"slow",
                      [&] {
                        hanging.Notify();
                        go.WaitForNotification();
                        return absl::UnavailableError("it took too long");
                      }}},
                    absl::InfiniteDuration());
    const auto count = [&told](const absl::Status& status) {
      told += absl::IsUnavailable(status) ? 1 : 1000;
    };
    check.Ask(count);
    hanging.WaitForNotification();
    for (size_t i = 1; i < base::limits::kKnockWaiting; ++i) check.Ask(count);
    CHECK(told == 0);
    CHECK(check.Last().ok());  // does not wait
    check.Ask(count);          // one too many
    CHECK(told == 1);
    go.Notify();
  }
  CHECK(told == static_cast<int>(base::limits::kKnockWaiting) + 1);
}

}  // namespace
}  // namespace skyden::server
