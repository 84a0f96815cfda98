// SPDX-License-Identifier: Apache-2.0
// What Kuma 2.14.3 answers to these as a creationTime.
#include "resources/go/time.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace skyden::resources {
namespace {

std::string WhyNot(const std::string& text) {
  const absl::Status status = CheckGoTime(text);
  return std::string(status.message().data(), status.message().size());
}

TEST_CASE("Go takes more for a time than RFC 3339 does", "[go]") {
  for (const char* text :
       {"2020-02-29T00:00:00Z", "2020-01-01T5:00:00Z", "2020-01-01T00:00:00.123Z",
        "2020-01-01T00:00:00,123Z", "2020-01-01T00:00:00.1234567890123Z",
        "2020-01-01T00:00:00+01:00", "2020-01-01T00:00:00+24:00", "2020-01-01T00:00:00-23:60"}) {
    CAPTURE(text);
    CHECK(WhyNot(text).empty());
  }
}

TEST_CASE("a text that does not follow the layout is told where it leaves it", "[go]") {
  struct Case {
    std::string text, rest, piece;
  };
  const std::vector<Case> cases = {
      {"", "", "2006"},
      {"2", "2", "2006"},
      {"2020", "", "-"},
      {"2020-1-01T00:00:00Z", "1-01T00:00:00Z", "01"},
      {"2020-01-01t00:00:00Z", "t00:00:00Z", "T"},
      {"2020-01-01Tx", "x", "15"},
      {"2020-01-01T05", "", ":"},
      {"2020-01-01T0x:", "x:", ":"},
      {"2020-01-01T00:00:0Z", "0Z", "05"},
      {"2020-01-01T00:00:00.Z", ".Z", "Z07:00"},
      {"2020-01-01T00:00:00", "", "Z07:00"},
      {"2020-01-01T00:00:00z", "z", "Z07:00"},
      {"2020-01-01T00:00:00+0100", "+0100", "Z07:00"},
      {"2020-01-01T00:00:00*01:00", "*01:00", "Z07:00"},
      {"2020-01-01T00:00:00+1x:00", "+1x:00", "Z07:00"},
      {"99999-01-01T00:00:00Z", "9-01-01T00:00:00Z", "-"},
  };
  for (const Case& one : cases) {
    CHECK(WhyNot(one.text) == "parsing time \"" + one.text +
                                  "\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"" +
                                  one.rest + "\" as \"" + one.piece + "\"");
  }
  CHECK(WhyNot("\xc3\xbc") == R"(parsing time "\xc3\xbc" as "2006-01-02T15:04:05Z07:00": )"
                              R"(cannot parse "\xc3\xbc" as "2006")");
}

TEST_CASE("a number out of its range is told by name, the day last", "[go]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"2020-13-01T00:00:00Z", "month out of range"},
      {"2020-00-01T00:00:00Z", "month out of range"},
      {"2020-02-30T00:00:00Z", "day out of range"},
      {"2021-02-29T00:00:00Z", "day out of range"},
      {"2020-01-00T00:00:00Z", "day out of range"},
      {"2020-01-32T99:00:00Z", "hour out of range"},
      {"2020-01-01T00:60:00Z", "minute out of range"},
      {"2020-01-01T00:00:60Z", "second out of range"},
      {"2020-01-01T00:00:00+25:00", "time zone offset hour out of range"},
      {"2020-01-01T00:00:00*99:00", "time zone offset hour out of range"},
      {"2020-01-01T00:00:00+23:61", "time zone offset minute out of range"},
      {"2020-01-01T00:00:00Zx", "extra text: \"x\""},
      {"2020-01-01T00:00:00+01:00x", "extra text: \"x\""},
  };
  for (const auto& [text, why] : cases) {
    CHECK(WhyNot(text) == "parsing time \"" + text + "\": " + why);
  }
}

}  // namespace
}  // namespace skyden::resources
