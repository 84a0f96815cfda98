// SPDX-License-Identifier: Apache-2.0
#include "skyden/net/arrivals.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/base/clock.h"
#include "skyden/base/limits.h"
#include "skyden/net/offence_log.h"
#include "tests/telemetry/captured_log.h"

namespace skyden::net {
namespace {

namespace limits = base::limits;

size_t Count(const std::string& text, std::string_view what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

struct Port {
  explicit Port(limits::Rate rate = {3, 2}) : arrivals(clock, log, rate) {}

  int Admitted(std::string_view ip, int times) {
    int admitted = 0;
    for (int i = 0; i < times; ++i) admitted += arrivals.Admit(ip) ? 1 : 0;
    return admitted;
  }

  base::FakeClock clock;
  OffenceLog log{"kds"};
  Arrivals arrivals;
};

TEST_CASE("a place brings so many connections at once, then so many a second", "[net]") {
  Port port;
  CHECK(port.Admitted("10.0.0.1", 10) == 3);
  CHECK(port.Admitted("10.0.0.2", 10) == 3);  // others have theirs
  port.clock.Advance(absl::Milliseconds(499));
  CHECK(port.Admitted("10.0.0.1", 10) == 0);
  port.clock.Advance(absl::Milliseconds(1));
  CHECK(port.Admitted("10.0.0.1", 10) == 1);
  port.clock.Advance(absl::Hours(1));
  CHECK(port.Admitted("10.0.0.1", 10) == 3);
  CHECK(port.arrivals.refused() == 7 + 7 + 10 + 9 + 7);
}

TEST_CASE("addresses of one /64 bring connections together", "[net]") {
  Port port;
  CHECK(port.Admitted("2001:db8:1:2::1", 2) == 2);
  CHECK(port.Admitted("2001:db8:1:2:ffff::2", 2) == 1);
  CHECK(port.Admitted("2001:db8:1:3::1", 9) == 3);
  CHECK(port.Admitted("10.0.0.1", 2) == 2);
  CHECK(port.Admitted("::ffff:10.0.0.1", 2) == 1);
}

TEST_CASE("two thousand zones behind one address may come at once, and again soon", "[net]") {
  Port port(limits::kArrivals);
  CHECK(port.Admitted("10.0.0.1", 2000) == 2000);
  port.clock.Advance(absl::Seconds(10));
  CHECK(port.Admitted("10.0.0.1", 2000) == 2000);
  CHECK(port.arrivals.refused() == 0);
}

TEST_CASE("a place that is held back is not forgotten for others that are not", "[net]") {
  Port port;
  CHECK(port.Admitted("10.0.0.1", 10) == 3);
  for (size_t i = 0; i < 4 * limits::kArrivalAddresses; ++i) {
    const std::string other = "172.16." + std::to_string(i >> 8) + "." + std::to_string(i & 255);
    REQUIRE(port.arrivals.Admit(other));
  }
  CHECK(port.Admitted("10.0.0.1", 10) == 0);
}

TEST_CASE("without a rate nobody is refused", "[net]") {
  Port port({3, 0});
  CHECK(port.Admitted("10.0.0.1", 10'000) == 10'000);
}

TEST_CASE("connections that are refused are two lines of log a minute, not one each", "[net]") {
  const telemetry::testing::CapturedLog log;
  Port port;
  port.Admitted("2001:db8::1", 1000);
  CHECK(Count(log.Text(), "port=kds from=2001:db8::/64 what=\"new connections too fast\"") == 1);
  port.clock.Advance(limits::kOffenceSummary);
  port.log.Tell(port.clock.Monotonic());
  CHECK(Count(log.Text(), "from=2001:db8::/64") == 2);
  CHECK(Count(log.Text(), "count=996") == 1);
}

}  // namespace
}  // namespace skyden::net
