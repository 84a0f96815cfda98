// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/utf8.h"

#include <catch2/catch.hpp>
#include <string>

namespace skyden::base {
namespace {

TEST_CASE("valid UTF-8 passes and its characters are counted") {
  CHECK(IsValidUtf8(""));
  CHECK(CountCharacters("") == 0);
  const std::string text = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";
  CHECK(IsValidUtf8(text));
  CHECK(CountCharacters(text) == 4);
  CHECK(IsValidUtf8("\xf4\x8f\xbf\xbf"));
  CHECK(IsValidUtf8("seven by\xc3\xa4te and more of them"));
  CHECK(IsValidUtf8("\xed\x9f\xbf\xee\x80\x80"));
}

TEST_CASE("what is not UTF-8 is refused") {
  for (const char* bytes :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xe2\x82", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "a\xc3z",
        "eight of\x80", "eight of them, and then\xff"}) {
    CHECK_FALSE(IsValidUtf8(bytes));
  }
}

}  // namespace
}  // namespace skyden::base
