// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/json_text.h"

#include <catch2/catch.hpp>

namespace skyden::base {

TEST_CASE("text becomes a JSON string whatever bytes it has", "[base]") {
  const auto quoted = [](std::string_view text) {
    std::string out;
    AppendJsonString(out, text);
    return out;
  };
  CHECK(quoted("plain") == R"("plain")");
  CHECK(quoted("a\"b\\c\n\t\r") == R"("a\"b\\c\n\t\r")");
  CHECK(quoted(std::string_view("\0\x1f\x7f", 3)) == R"("\u0000\u001f\u007f")");
  CHECK(quoted("zürich €") == "\"zürich €\"");
  CHECK(quoted("\xff\xc3") == "\"\xef\xbf\xbd\xef\xbf\xbd\"");
  CHECK(quoted("\xed\xa0\x80") == "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");  // a surrogate
}

TEST_CASE("how deep a text is nested is seen before it is parsed", "[base]") {
  CHECK_FALSE(JsonIsDeeperThan("", 0));
  CHECK_FALSE(JsonIsDeeperThan(R"([{"a":[]},[[]]])", 3));
  CHECK(JsonIsDeeperThan(R"([{"a":[]},[[]]])", 2));
  CHECK_FALSE(JsonIsDeeperThan(R"({"a":"[[[\"[["})", 1));
  CHECK(JsonIsDeeperThan(std::string(101, '['), 100));
  CHECK_FALSE(JsonIsDeeperThan("]]]][", 1));
}

TEST_CASE("what readers could understand in two ways is not strict", "[base]") {
  CHECK(IsStrictJson(R"({"a":[1,-2,3.5,{"a":"\u00e9"}],"b":{},"c":[null,true]})", 3));
  CHECK(IsStrictJson(" 1 ", 0));
  CHECK_FALSE(IsStrictJson(R"({"a":1,"a":2})", 3));
  CHECK_FALSE(IsStrictJson(R"({"a":{"b":1,"\u0062":2}})", 3));
  CHECK_FALSE(IsStrictJson("{\"a\":\"\xff\"}", 3));
  CHECK_FALSE(IsStrictJson("1e999", 3));
  CHECK_FALSE(IsStrictJson(R"({"a":1} x)", 3));
  CHECK_FALSE(IsStrictJson("", 3));
  CHECK(IsStrictJson("[[[1]]]", 3));
  CHECK_FALSE(IsStrictJson("[[[1]]]", 2));
  CHECK_FALSE(IsStrictJson(std::string(1'000'000, '['), 100));
}

TEST_CASE("an object keeps the order of its members", "[base]") {
  JsonObjectText object;
  CHECK(object.Text("b", "1").TextIfAny("none", "").Raw("a", "[1,2]").Take() ==
        R"({"b":"1","a":[1,2]})");
  CHECK(object.Take() == "{}");
}

}  // namespace skyden::base
