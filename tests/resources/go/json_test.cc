// SPDX-License-Identifier: Apache-2.0
#include "resources/go/json.h"

#include <catch2/catch.hpp>

#include "resources/go/text.h"
#include "resources/go/yaml.h"

namespace skyden::resources {
namespace {

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_CASE("broken JSON is named in Go's words", "[resources][go_json]") {
  struct Case {
    const char* text;
    const char* error;
  };
  const Case cases[] = {
      {"", "unexpected end of JSON input"},
      {"  ", "unexpected end of JSON input"},
      {"{", "unexpected end of JSON input"},
      {"{\"a\":1", "unexpected end of JSON input"},
      {"\"abc", "unexpected end of JSON input"},
      {"x", "invalid character 'x' looking for beginning of value"},
      {"'", "invalid character '\\'' looking for beginning of value"},
      {"[1,]", "invalid character ']' looking for beginning of value"},
      {"{\"a\":1,}", "invalid character '}' looking for beginning of object key string"},
      {"{1:2}", "invalid character '1' looking for beginning of object key string"},
      {"{\"a\" 1}", "invalid character '1' after object key"},
      {"{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair"},
      {"[1 2]", "invalid character '2' after array element"},
      {"{} {}", "invalid character '{' after top-level value"},
      {"01", "invalid character '1' after top-level value"},
      {"-x", "invalid character 'x' in numeric literal"},
      {"-", "invalid character ' ' in numeric literal"},
      {"1.", "invalid character ' ' after decimal point in numeric literal"},
      {"1e+", "invalid character ' ' in exponent of numeric literal"},
      {"tru", "invalid character ' ' in literal true (expecting 'e')"},
      {"nul!", "invalid character '!' in literal null (expecting 'l')"},
      {"\"a\nb\"", "invalid character '\\n' in string literal"},
      {"\"\\q\"", "invalid character 'q' in string escape code"},
      {"\"\\u12g4\"", "invalid character 'g' in \\u hexadecimal character escape"},
      {"\xC3\xA9", "invalid character '\xC3\x83' looking for beginning of value"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    CHECK(Message(go_json::CheckValid(c.text, 100)) == c.error);
  }
}

TEST_CASE("nesting is bounded", "[resources][go_json]") {
  const std::string inside = std::string(100, '[') + std::string(100, ']');
  CHECK(go_json::CheckValid(inside, 100).ok());
  const std::string beyond = std::string(100'000, '[');
  CHECK(Message(go_json::CheckValid(beyond, 100)) == "exceeded max depth");
}

TEST_CASE("members keep the text they were written as", "[resources][go_json]") {
  const std::string text = R"({ "a" : [1, {"x":"}"} ] , "b\u0041":"q\"" , "a": 2 , "c":{} })";
  REQUIRE(go_json::CheckValid(text, 10).ok());
  const auto members = go_json::MembersOf(text);
  REQUIRE(members.ok());
  CHECK(members->size() == 3);
  CHECK(members->at("a") == "2");  // the last of two counts
  CHECK(members->at("bA") == R"("q\"")");
  CHECK(members->at("c") == "{}");
  const auto elements = go_json::ElementsOf(R"([1, {"x":"]"} , [ ],"s",null])");
  REQUIRE(elements.ok());
  CHECK(*elements == std::vector<std::string_view>{"1", R"({"x":"]"})", "[ ]", R"("s")", "null"});
}

TEST_CASE("values of the wrong kind are named as Go names them", "[resources][go_json]") {
  CHECK(Message(go_json::MembersOf("[]").status()) ==
        "json: cannot unmarshal array into Go value of type map[string]json.RawMessage");
  CHECK(Message(go_json::ElementsOf("{}").status()) ==
        "json: cannot unmarshal object into Go value of type []json.RawMessage");
  CHECK(Message(go_json::StringOf("42").status()) ==
        "json: cannot unmarshal number into Go value of type string");
  CHECK(Message(go_json::BoolOf("\"yes\"").status()) ==
        "json: cannot unmarshal string into Go value of type bool");
  CHECK(Message(go_json::UintOf("-1", "uint32", 100).status()) ==
        "json: cannot unmarshal number -1 into Go value of type uint32");
  CHECK(Message(go_json::UintOf("101", "uint32", 100).status()) ==
        "json: cannot unmarshal number 101 into Go value of type uint32");
  CHECK(Message(go_json::UintOf("1e2", "uint32", 100).status()) ==
        "json: cannot unmarshal number 1e2 into Go value of type uint32");
  CHECK(Message(go_json::UintOf("true", "uint32", 100).status()) ==
        "json: cannot unmarshal bool into Go value of type uint32");
  CHECK(Message(go_json::DoubleOf("1e999").status()) ==
        "json: cannot unmarshal number 1e999 into Go value of type float64");
  CHECK(*go_json::DoubleOf("1e-999") == 0);
}

TEST_CASE("bytes are base64 or a list of numbers", "[resources][go_json]") {
  CHECK(*go_json::BytesOf(R"("aGk=")") == "hi");
  CHECK(*go_json::BytesOf("\"aG\\nk=\"") == "hi");  // line breaks do not count
  CHECK(*go_json::BytesOf("[104,105]") == "hi");
  CHECK(go_json::BytesOf("null")->empty());
  CHECK(Message(go_json::BytesOf(R"("a b=")").status()) == "illegal base64 data at input byte 1");
  CHECK(Message(go_json::BytesOf(R"("aGk")").status()) == "illegal base64 data at input byte 0");
  CHECK(Message(go_json::BytesOf("42").status()) ==
        "json: cannot unmarshal number into Go value of type []uint8");
  CHECK(Message(go_json::BytesOf("[300]").status()) ==
        "json: cannot unmarshal number 300 into Go value of type uint8");
}

TEST_CASE("strings are unescaped to valid UTF-8", "[resources][go_json]") {
  CHECK(*go_json::StringOf(R"("a\u00e9\n\/")") == "a\xC3\xA9\n/");
  CHECK(*go_json::StringOf(R"("\ud83d\ude00")") == "\xF0\x9F\x98\x80");
  CHECK(*go_json::StringOf(R"("\ud83dx")") == "\xEF\xBF\xBDx");  // half of a pair
  CHECK(*go_json::StringOf("\"\xFF\"") == "\xEF\xBF\xBD");
}

TEST_CASE("texts and numbers print as in Go", "[resources][go_text]") {
  CHECK(GoQuote("a\"b\\\n\x01") == R"("a\"b\\\n\x01")");
  CHECK(GoQuote("\xFF\xC3\xA9\xE2\x80\xA8") == "\"\\xff\xC3\xA9\\u2028\"");
  CHECK(GoJsonString("<a&b>\x01\t") == R"("\u003ca\u0026b\u003e\u0001\t")");
  CHECK(GoJsonNumber(5.0) == "5");
  CHECK(GoJsonNumber(0.1) == "0.1");
  CHECK(GoJsonNumber(1e20) == "100000000000000000000");
  CHECK(GoJsonNumber(9223372036854775808.0) == "9223372036854776000");
  CHECK(GoJsonNumber(-18446744073709551616.0) == "-18446744073709552000");
  CHECK(GoJsonNumber(9007199254740993.0) == "9007199254740992");
  CHECK(GoJsonNumber(16777217.0F) == "16777216");
  CHECK(GoJsonNumber(1e21) == "1e+21");
  CHECK(GoJsonNumber(1e-7) == "1e-7");
  CHECK(GoJsonNumber(0.1F) == "0.1");
}

TEST_CASE("YAML becomes JSON, within bounds", "[resources][go_yaml]") {
  CHECK(*YamlToJson("a: [1, yes, ~, '2', x]\n\"b\": {c: 1.5}\n") ==
        R"({"a":[1,true,null,"2","x"],"b":{"c":1.5}})");
  CHECK(*YamlToJson("b: 1\na: &d {name: x}\n<<: *d\nb: 2\n") ==
        R"({"a":{"name":"x"},"b":2,"name":"x"})");
  CHECK(*YamlToJson("") == "null");
  CHECK(!YamlToJson("*x").ok());
  CHECK(!YamlToJson("a: [").ok());
  std::string bomb = "a0: &a0 xxxxxxxxxx\n";
  for (int i = 1; i < 12; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j == 0 ? "*a" : ",*a") + std::to_string(i - 1);
    bomb += "]\n";
  }
  CHECK(Message(YamlToJson(bomb).status()) == "line 5: document contains excessive aliasing");
}

}  // namespace
}  // namespace skyden::resources
