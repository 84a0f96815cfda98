// SPDX-License-Identifier: Apache-2.0
#include "skyden/telemetry/log.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/telemetry/captured_log.h"

namespace skyden::telemetry {
namespace {

std::string Logged(const std::string& value) {
  const testing::CapturedLog log;
  Log(Level::error, "test", {{"value", value}, {"next", "1"}});
  const std::string text = log.Text();
  const size_t begin = text.find(" value=");
  REQUIRE(begin != std::string::npos);
  REQUIRE(text.ends_with(" next=1\n"));
  return text.substr(begin + 7, text.size() - begin - 7 - std::string(" next=1\n").size());
}

TEST_CASE("a value from outside can neither break a line nor forge a key, nor hide either") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"plain-1", "plain-1"},
      {"", "\"\""},
      {"two words", "\"two words\""},
      {"a\" b=\\", "\"a\\\" b=\\\\\""},
      {"a\nlevel=error", "\"a\\u000alevel=error\""},
      {"a\x1b[2J", "\"a\\u001b[2J\""},
      {"a\xc2\x9b"
       "2J",
       "\"a\\u009b2J\""},
      {"a\xe2\x80\xaeleo\xe2\x81\xa9", "\"a\\u202eleo\\u2069\""},
      {"z\xc3\xbcrich", "z\xc3\xbcrich"},
      {"no\xffutf8", "\"no\\xffutf8\""},
  };
  for (const auto& [value, expected] : cases) {
    CAPTURE(value);
    CHECK(Logged(value) == expected);
  }
}

TEST_CASE("a long value is cut, and not within an escape") {
  CHECK(Logged(std::string(2000, '\n')).size() == 1024 * 6 + 2);
}

}  // namespace
}  // namespace skyden::telemetry
