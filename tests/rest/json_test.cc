// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "rest/go_numbers.h"
#include "rest/json_reader.h"
#include "rest/json_writer.h"

namespace skyden::rest {
namespace {

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(text, out);
  return out;
}

}  // namespace

TEST_CASE("strings are escaped so that any bytes make valid JSON", "[rest]") {
  CHECK(Quoted("plain <b>&</b>") == R"("plain <b>&</b>")");
  CHECK(Quoted("a\"b\\c\n\t\r\b\f\x01") == R"("a\"b\\c\n\t\r\b\f\u0001")");
  CHECK(Quoted("\xC3\xA9\xF0\x9F\x99\x82") == "\"\xC3\xA9\xF0\x9F\x99\x82\"");
  CHECK(Quoted("\xE2\x80\xA8") == R"("\u2028")");
  CHECK(Quoted("a\xFF\xC3") == R"("a\ufffd\ufffd")");
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  CHECK(ReadJson(Quoted(all)).has_value());
}

TEST_CASE("the writer sets commas where they belong", "[rest]") {
  JsonWriter json;
  json.BeginObject().Field("a", 1).Field("b", true).OptionalField("c", "").Key("d").BeginArray();
  json.String("x").Null().BeginObject().EndObject().EndArray().Field("e", "y").EndObject();
  CHECK(json.Take() == R"({"a":1,"b":true,"d":["x",null,{}],"e":"y"})");
}

TEST_CASE("indenting lays out one space per level and keeps strings as they are", "[rest]") {
  CHECK(Indent(R"({"a":{},"b":[],"c":[1,{"d":"{,:\"}"}]})") ==
        "{\n \"a\": {},\n \"b\": [],\n \"c\": [\n  1,\n  {\n   \"d\": \"{,:\\\"}\"\n  }\n ]\n}\n");
  CHECK(Indent("{}") == "{}\n");
  CHECK(Indent(R"("a\\")") == "\"a\\\\\"\n");
  CHECK(Indent(R"(["a\"b\\\"c","",1e5,true])") ==
        "[\n \"a\\\"b\\\\\\\"c\",\n \"\",\n 1e5,\n true\n]\n");
  const std::string deep(400, '[');
  CHECK(Indent(deep + "1" + std::string(400, ']')).size() == 2 * (400 * 401 / 2 + 400) + 402);
}

TEST_CASE("indenting broken text ends", "[rest]") {
  for (const char* text : {"", "\"", "\"\\", "{", "}", "]]]", "{\"a", "[,,:"}) {
    CAPTURE(text);
    CHECK(Indent(text).size() < 64);
  }
}

TEST_CASE("bodies that are no plain JSON are refused", "[rest]") {
  CHECK(ReadJson(R"({"a":[1,2,{"b":null}]})").has_value());
  for (const std::string& bad : std::vector<std::string>{
           "", "{", "nope", R"({"a":1,"a":2})", R"({"b":{"a":1,"a":2}})", "{}x", "\"\xFF\"",
           std::string(5000, '[') + std::string(5000, ']'), std::string(200'000, '[')}) {
    CAPTURE(bad.substr(0, 40));
    CHECK_FALSE(ReadJson(bad).has_value());
  }
}

TEST_CASE("numbers of queries are read as Go reads them", "[rest]") {
  CHECK(ReadGoInt("42").value == 42);
  CHECK(ReadGoInt("+7").value == 7);
  CHECK(ReadGoInt("-7").value == -7);
  for (const char* bad : {"", "x", "1x", "+-1", "--1", " 1", "0x1"}) {
    CAPTURE(bad);
    CHECK_FALSE(ReadGoInt(bad).value.has_value());
    CHECK(ReadGoInt(bad).error == "invalid syntax");
  }
  CHECK(ReadGoInt("99999999999999999999").error == "value out of range");
  CHECK(ReadGoBool("T") == true);
  CHECK(ReadGoBool("0") == false);
  CHECK_FALSE(ReadGoBool("yes").has_value());
  CHECK(GoQuoted("a\"b\n\x01\xFF") == R"("a\"b\n\x01\xff")");
}

}  // namespace skyden::rest
