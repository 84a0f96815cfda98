// SPDX-License-Identifier: Apache-2.0
#include "server/heartbeat.h"

#include <catch2/catch.hpp>

#include "tests/telemetry/captured_log.h"

namespace skyden::server {
namespace {

struct Body {
  base::FakeClock clock;
  base::ManualExecutor executor{clock};
  absl::Status alive;
  int asked = 0;
  int beats = 0;
  Heartbeat heart{executor, executor, absl::Seconds(10),
                  [this] {
                    ++asked;
                    return alive;
                  },
                  [this] { ++beats; }};
};

TEST_CASE("a heart beats once in its time, and not before", "[server]") {
  Body body;
  body.executor.Advance(absl::Seconds(9));
  CHECK(body.beats == 0);
  body.executor.Advance(absl::Seconds(1));
  CHECK(body.beats == 1);
  for (int i = 0; i < 5; ++i) body.executor.Advance(absl::Seconds(10));
  CHECK(body.beats == 6);
  CHECK(body.asked == 6);
}

TEST_CASE("a heart that is not alive does not beat, says so once, and may recover", "[server]") {
  const telemetry::testing::CapturedLog log;
  Body body;
  body.alive = absl::UnavailableError("nobody answers");
  for (int i = 0; i < 3; ++i) body.executor.Advance(absl::Seconds(10));
  CHECK(body.beats == 0);
  CHECK(body.asked == 3);
  const std::string said = log.Text();
  CHECK(said.find("reason=\"nobody answers\"") != std::string::npos);
  CHECK(said.find("no sign of life") == said.rfind("no sign of life"));
  body.alive = absl::OkStatus();
  body.executor.Advance(absl::Seconds(10));
  CHECK(body.beats == 1);
}

TEST_CASE("a heart whose tasks nobody runs does not beat", "[server]") {
  base::FakeClock clock;
  base::ManualExecutor timers(clock);
  base::ManualExecutor stuck(clock);
  int beats = 0;
  Heartbeat heart(
      timers, stuck, absl::Seconds(10), [] { return absl::OkStatus(); }, [&beats] { ++beats; });
  for (int i = 0; i < 5; ++i) timers.Advance(absl::Seconds(10));
  CHECK(beats == 0);
  stuck.RunAll();
  CHECK(beats == 1);
}

}  // namespace
}  // namespace skyden::server
