// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/go_duration.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace skyden::base {
namespace {

TEST_CASE("durations print as Go prints them") {
  const std::vector<std::pair<absl::Duration, std::string>> table = {
      {absl::ZeroDuration(), "0s"},
      {absl::Nanoseconds(7), "7ns"},
      {absl::Nanoseconds(1100), "1.1\xc2\xb5s"},
      {absl::Microseconds(2200), "2.2ms"},
      {absl::Milliseconds(250), "250ms"},
      {absl::Milliseconds(3300), "3.3s"},
      {absl::Seconds(59), "59s"},
      {absl::Seconds(60), "1m0s"},
      {absl::Minutes(4) + absl::Milliseconds(5001), "4m5.001s"},
      {absl::Hours(5) + absl::Minutes(6) + absl::Milliseconds(7001), "5h6m7.001s"},
      {absl::Minutes(8) + absl::Nanoseconds(1), "8m0.000000001s"},
      {absl::Hours(720), "720h0m0s"},
      {-absl::Milliseconds(1500), "-1.5s"},
      {absl::InfiniteDuration(), "2562047h47m16.854775807s"},
      {-absl::InfiniteDuration(), "-2562047h47m16.854775808s"},
  };
  for (const auto& [duration, text] : table) {
    CAPTURE(text);
    CHECK(FormatGoDuration(duration) == text);
    const auto parsed = ParseGoDuration(text);
    REQUIRE(parsed.ok());
    CHECK(FormatGoDuration(*parsed) == text);
  }
}

TEST_CASE("durations parse as Go parses them") {
  const std::vector<std::pair<std::string, absl::Duration>> table = {
      {"0", absl::ZeroDuration()},
      {"-0", absl::ZeroDuration()},
      {"+30s", absl::Seconds(30)},
      {"1m", absl::Minutes(1)},
      {"5.s", absl::Seconds(5)},
      {".5s", absl::Milliseconds(500)},
      {"1.004s", absl::Milliseconds(1004)},
      {"100.00100s", absl::Milliseconds(100001)},
      {"12us", absl::Microseconds(12)},
      {"12\xc2\xb5s", absl::Microseconds(12)},
      {"12\xce\xbcs", absl::Microseconds(12)},
      {"3h30m", absl::Minutes(210)},
      {"30m3h", absl::Minutes(210)},
      {"-1.5h", -absl::Minutes(90)},
      {"0.9ns", absl::ZeroDuration()},
      {"9223372036854775807ns", absl::Nanoseconds(INT64_MAX)},
      {"-9223372036854775808ns", absl::Nanoseconds(INT64_MIN)},
      {"0.3333333333333333333h", absl::Minutes(20)},
      {"0.9223372036854775807s", absl::Nanoseconds(922337203)},
  };
  for (const auto& [text, duration] : table) {
    CAPTURE(text);
    const auto parsed = ParseGoDuration(text);
    REQUIRE(parsed.ok());
    CHECK(*parsed == duration);
  }
}

TEST_CASE("what is no duration is refused in Go's words") {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", "time: invalid duration \"\""},
      {"-", "time: invalid duration \"-\""},
      {"s", "time: invalid duration \"s\""},
      {".", "time: invalid duration \".\""},
      {".s", "time: invalid duration \".s\""},
      {" 1s", "time: invalid duration \" 1s\""},
      {"3", "time: missing unit in duration \"3\""},
      {"5.", "time: missing unit in duration \"5.\""},
      {"1h3", "time: missing unit in duration \"1h3\""},
      {"1d", "time: unknown unit \"d\" in duration \"1d\""},
      {"1h 2m", "time: unknown unit \"h \" in duration \"1h 2m\""},
      {"1s-", "time: unknown unit \"s-\" in duration \"1s-\""},
      {"1\xff", "time: unknown unit \"\\xff\" in duration \"1\\xff\""},
      {"1\"", "time: unknown unit \"\\\"\" in duration \"1\\\"\""},
      {"9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\""},
      {"-9223372036854775809ns", "time: invalid duration \"-9223372036854775809ns\""},
      {"-2562047h47m16.854775809s", "time: invalid duration \"-2562047h47m16.854775809s\""},
      {"3000000h", "time: invalid duration \"3000000h\""},
      {"99999999999999999999s", "time: invalid duration \"99999999999999999999s\""},
  };
  for (const auto& [text, message] : table) {
    CAPTURE(text);
    const auto parsed = ParseGoDuration(text);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.status().code() == absl::StatusCode::kInvalidArgument);
    CHECK(std::string(parsed.status().message()) == message);
  }
}

}  // namespace
}  // namespace skyden::base
