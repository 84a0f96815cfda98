// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/visible.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace skyden::base {
namespace {

TEST_CASE("what acts unseen is written out, what is seen stays", "[base]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"plain \\ \"text\"", "plain \\ \"text\""},
      {"z\xc3\xbcrich \xe6\x9d\xb1 \xf0\x9f\x98\x80",
       "z\xc3\xbcrich \xe6\x9d\xb1 \xf0\x9f\x98\x80"},
      {std::string("\0\t\n\x1b\x1f\x7f", 6), "\\u0000\\u0009\\u000a\\u001b\\u001f\\u007f"},
      {"\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\\u0080\\u009b\\u009f\xc2\xa0"},
      {"\xd8\x9c\xe2\x80\x8e\xe2\x80\x8f", "\\u061c\\u200e\\u200f"},
      {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf",
       "\xe2\x80\xa7\\u2028\\u202a\\u202e\xe2\x80\xaf"},
      {"\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa",
       "\xe2\x81\xa5\\u2066\\u2069\xe2\x81\xaa"},
      // No UTF-8: a bare C1, an end within a character, an overlong form.
      {"a\x9b"
       "2J",
       "a\\x9b2J"},
      {"a\xe2\x80", "a\\xe2\\x80"},
      {"\xc0\x9b", "\\xc0\\x9b"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(Visible(text) == expected);
  }
}

TEST_CASE("lines stay lines", "[base]") {
  CHECK(VisibleLines("a\x1b\n\nb\r\n") == "a\\u001b\n\nb\\u000d\n");
  CHECK(VisibleLines("") == "");
}

}  // namespace
}  // namespace skyden::base
