// SPDX-License-Identifier: Apache-2.0
#include "resources/json/value.h"

#include <catch2/catch.hpp>
#include <string>

namespace skyden::resources::json {
namespace {

std::string Reprint(std::string_view text) {
  const auto document = Document::Parse(text);
  if (!document.ok()) {
    return "error: " +
           std::string(document.status().message().data(), document.status().message().size());
  }
  std::string out;
  AppendValue(document->root(), out);
  return out;
}

TEST_CASE("a text is read and printed with members in order of their names", "[json]") {
  CHECK(Reprint(R"( { "b" : [ 1 , -2.5, true ] , "a" : null, "c":{} } )") ==
        R"({"a":null,"b":[1,-2.5,true],"c":{}})");
  CHECK(Reprint("[]") == "[]");
  CHECK(Reprint("\"\"") == "\"\"");
}

TEST_CASE("of equal names the last one counts, in small and in large objects", "[json]") {
  CHECK(Reprint(R"({"a":{"x":1},"b":2,"a":{"y":3}})") == R"({"a":{"y":3},"b":2})");
  std::string large = "{";
  for (int i = 0; i < 100; ++i)
    large += "\"k" + std::to_string(i % 50) + "\":" + std::to_string(i) + ",";
  large += "\"k0\":\"last\"}";
  const auto document = Document::Parse(large);
  REQUIRE(document.ok());
  CHECK(document->root().members.size() == 50);
  CHECK(document->root().Find("k0")->text == "last");
  CHECK(document->root().Find("k49")->number == 99);
}

TEST_CASE("escapes are undone, and what is no character becomes U+FFFD", "[json]") {
  CHECK(Reprint(R"("a\n\t\"\\\/A")") == R"("a\n\t\"\\/A")");
  CHECK(Reprint(R"("é")") == "\"\xc3\xa9\"");
  CHECK(Reprint(R"("😀")") == "\"\xf0\x9f\x98\x80\"");
  CHECK(Reprint(R"("\ud83dx")") == "\"\xef\xbf\xbdx\"");
  CHECK(Reprint(R"("\ude00")") == "\"\xef\xbf\xbd\"");
  CHECK(Reprint("\"a\xff"
                "b\"") ==
        "\"a\xef\xbf\xbd"
        "b\"");
  CHECK(Reprint(R"(" ")") == R"(" ")");
}

TEST_CASE("numbers print as Go prints a float64", "[json]") {
  CHECK(Reprint("1e3") == "1000");
  CHECK(Reprint("-0.5") == "-0.5");
  CHECK(Reprint("100000000000000000000") == "100000000000000000000");
  CHECK(Reprint("1e21") == "1e+21");
  CHECK(Reprint("1e-7") == "1e-7");
  CHECK(Reprint("1e-400") == "0");
  CHECK(Reprint("1e400") ==
        "error: json: cannot unmarshal number 1e400 into Go value of type float64");
}

TEST_CASE("what is not JSON is refused in Go's words", "[json]") {
  CHECK(Reprint("") == "error: unexpected end of JSON input");
  CHECK(Reprint("{\"a\":}") == "error: invalid character '}' looking for beginning of value");
  CHECK(Reprint("{}x") == "error: invalid character 'x' after top-level value");
  CHECK(Reprint("\"a\nb\"") == "error: invalid character '\\n' in string literal");
  CHECK(Reprint(std::string_view("\"a\0b\"", 5)) ==
        "error: invalid character '\\x00' in string literal");
}

TEST_CASE("nesting has an end", "[json]") {
  CHECK(Document::Parse(std::string(100, '[') + std::string(100, ']')).ok());
  CHECK(Reprint(std::string(101, '[') + std::string(101, ']')) == "error: exceeded max depth");
  CHECK(Reprint(std::string(1'000'000, '[')) == "error: exceeded max depth");
}

}  // namespace
}  // namespace skyden::resources::json
