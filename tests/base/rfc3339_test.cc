// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/rfc3339.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace skyden::base {
namespace {

TEST_CASE("times print in UTC without trailing zeros") {
  const absl::Time whole = absl::FromUnixSeconds(1'767'323'045);
  CHECK(FormatRfc3339(whole) == "2026-01-02T03:04:05Z");
  CHECK(FormatRfc3339(whole + absl::Milliseconds(120)) == "2026-01-02T03:04:05.12Z");
  CHECK(FormatRfc3339(whole + absl::Nanoseconds(123'456'789)) == "2026-01-02T03:04:05.123456789Z");
  CHECK(FormatRfc3339(whole + absl::Nanoseconds(3) / 4) == "2026-01-02T03:04:05Z");
  CHECK(FormatRfc3339(absl::FromUnixNanos(-1)) == "1969-12-31T23:59:59.999999999Z");
}

TEST_CASE("any time prints as the library for times prints it") {
  const auto expected = [](absl::Time time) {
    return absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E*SZ", time, absl::UTCTimeZone());
  };
  const auto in_year = [](int64_t year) {
    return absl::FromCivil(absl::CivilSecond(year, 1, 1), absl::UTCTimeZone());
  };
  std::vector<absl::Time> times = {absl::InfinitePast(), absl::InfiniteFuture(), absl::UnixEpoch()};
  for (const int64_t year : {-1, 0, 1, 1600, 1900, 1970, 2000, 2024, 2100, 9999, 10000, 20000}) {
    for (const absl::Duration from :
         {-absl::Nanoseconds(1), absl::ZeroDuration(), absl::Milliseconds(10), absl::Hours(24 * 59),
          absl::Hours(24 * 365) - absl::Seconds(1)}) {
      times.push_back(in_year(year) + from);
    }
  }
  std::mt19937_64 random(7);
  std::uniform_int_distribution<int64_t> second(absl::ToUnixSeconds(in_year(0)),
                                                absl::ToUnixSeconds(in_year(10000)) - 1);
  std::uniform_int_distribution<int64_t> nanosecond(0, 999'999'999);
  for (int i = 0; i < 2'000; ++i) {
    times.push_back(absl::FromUnixSeconds(second(random)) + absl::Nanoseconds(nanosecond(random)));
  }
  for (const absl::Time time : times) {
    CHECK(FormatRfc3339(time) == expected(time));
  }
}

TEST_CASE("times parse with any offset and fraction") {
  const absl::Time whole = absl::FromUnixSeconds(1'767'323'045);
  const std::vector<std::pair<std::string, absl::Time>> table = {
      {"2026-01-02T03:04:05Z", whole},
      {"2026-01-02T03:04:05.000Z", whole},
      {"2026-01-02T03:04:05.5Z", whole + absl::Milliseconds(500)},
      {"2026-01-02T03:04:05.123456789Z", whole + absl::Nanoseconds(123'456'789)},
      {"2026-01-02T03:04:05.1234567899Z", whole + absl::Nanoseconds(123'456'789)},
      {"2026-01-02T05:04:05+02:00", whole},
      {"2026-01-01T21:34:05-05:30", whole},
      {"2024-02-29T00:00:00Z", absl::FromUnixSeconds(1'709'164'800)},
  };
  for (const auto& [text, time] : table) {
    CAPTURE(text);
    const auto parsed = ParseRfc3339(text);
    REQUIRE(parsed.ok());
    CHECK(*parsed == time);
  }
}

TEST_CASE("what is no RFC 3339 time is refused") {
  for (const std::string text : {"",
                                 "2026",
                                 "2026-01-02",
                                 "2026-01-02 03:04:05Z",
                                 "2026-01-02T03:04:05",
                                 "2026-01-02t03:04:05Z",
                                 "2026-01-02T03:04:05z",
                                 "2026-1-02T03:04:05Z",
                                 "2026-13-02T03:04:05Z",
                                 "2026-00-02T03:04:05Z",
                                 "2026-02-29T03:04:05Z",
                                 "2026-04-31T03:04:05Z",
                                 "2026-01-00T03:04:05Z",
                                 "2026-01-02T24:00:00Z",
                                 "2026-01-02T03:60:05Z",
                                 "2026-01-02T03:04:60Z",
                                 "2026-01-02T03:04:05.Z",
                                 "2026-01-02T03:04:05+0200",
                                 "2026-01-02T03:04:05+24:00",
                                 "2026-01-02T03:04:05Zx",
                                 "+026-01-02T03:04:05Z",
                                 "2026-01-02T03:04:05.1x"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseRfc3339(text).ok());
  }
}

}  // namespace
}  // namespace skyden::base
