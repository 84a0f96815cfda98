// SPDX-License-Identifier: Apache-2.0
#include "resources/go/yaml_scalar.h"

#include <catch2/catch.hpp>
#include <utility>

#include "skyden/base/strings.h"

namespace skyden::resources {
namespace {

TEST_CASE("a scalar without quotes is what it looks like", "[resources][transfer]") {
  const std::pair<const char*, const char*> table[] = {
      {"", "null"},
      {"~", "null"},
      {"Null", "null"},
      {"true", "true"},
      {"YES", "true"},
      {"off", "false"},
      {"y", "true"},
      {"N", "false"},
      {"12", "12"},
      {"-12", "-12"},
      {"+12", "12"},
      {"1_000", "1000"},
      {"0x1F", "31"},
      {"0o17", "15"},
      {"017", "15"},
      {"018", "18"},
      {"0b101", "5"},
      {"1.5", "1.5"},
      {".5", "0.5"},
      {"1.", "1"},
      {"1.0", "1"},
      {"1e3", "1000"},
      {"1E400", "\"1E400\""},  // no number of Go's
      {"-0", "0"},
      {"-0.0", "-0"},
      {"1_000.5", "1000.5"},
      {".5_1", "0.51"},
      {".5_", "\".5_\""},
      {"0b+1", "1"},
      {"-0x1F", "-31"},
      {"0xFFFFFFFFFFFFFFFF", "18446744073709551615"},
      {"0xFFFFFFFFFFFFFFFFF", "\"0xFFFFFFFFFFFFFFFFF\""},
      {"-9223372036854775808", "-9223372036854775808"},
      {"18446744073709551616", "18446744073709552000"},
      {"12:30:45", "\"12:30:45\""},
      {"<<", "\"\\u003c\\u003c\""},
      {"-", "\"-\""},
      {"1.2.3", "\"1.2.3\""},
      {"10s", "\"10s\""},
      {"0xZZ", "\"0xZZ\""},
      {"2026-01-02", "\"2026-01-02\""},
      {"_1", "\"_1\""},
      {"-_1", "-1"},
      {"<a>", "\"\\u003ca\\u003e\""},
      {"01E50555", R"("01E50555")"},  // no number of Go's
  };
  for (const auto& [text, json] : table) {
    CAPTURE(text);
    CHECK(PlainScalarToJson(text) == json);
  }
}

TEST_CASE("what JSON cannot say is refused", "[resources][transfer]") {
  for (const char* text : {".inf", "-.Inf", ".NaN"}) {
    CAPTURE(text);
    CHECK_FALSE(PlainScalarToJson(text).has_value());
  }
}

std::string Tagged(std::string_view tag, std::string_view text) {
  const auto scalar =
      ResolveYamlScalar("tag:yaml.org,2002:" + std::string(tag), YamlStyle::kQuoted, text);
  if (!scalar.ok()) return std::string(base::ToStd(scalar.status().message()));
  return YamlScalarToJson(*scalar).value_or("none");
}

TEST_CASE("a tag says what a scalar is, and is believed only if it can be",
          "[resources][transfer]") {
  CHECK(Tagged("str", "12") == "\"12\"");
  CHECK(Tagged("int", "0x10") == "16");
  CHECK(Tagged("float", "3") == "3");
  CHECK(Tagged("bool", "on") == "true");
  CHECK(Tagged("null", "~") == "null");
  CHECK(Tagged("binary", "aGk=") == "\"hi\"");
  CHECK(Tagged("binary", "a\nGk=\n") == "\"hi\"");
  CHECK(Tagged("timestamp", "2024-02-29") == "\"2024-02-29\"");
  CHECK(Tagged("timestamp", "2024-2-3T4:5:6.7Z") == "\"2024-2-3T4:5:6.7Z\"");
  CHECK(Tagged("unheard-of", "12") == "\"12\"");
  CHECK(Tagged("int", "x") == "cannot decode !!str `x` as a !!int");
  CHECK(Tagged("float", "18446744073709551615") ==
        "cannot decode !!int `18446744073709551615` as a !!float");
  CHECK(Tagged("null", "x") == "cannot decode !!str `x` as a !!null");
  CHECK(Tagged("timestamp", "2023-02-29") == "cannot decode !!str `2023-02-29` as a !!timestamp");
  CHECK(Tagged("binary", "a") == "!!binary value contains invalid base64 data");
}

std::string Key(std::string_view text) {
  const auto scalar = ResolveYamlScalar("", YamlStyle::kPlain, text);
  return scalar.ok() ? YamlScalarToKey(*scalar).value_or("none") : "wrong";
}

TEST_CASE("a name that looks like something else is what Go prints of that",
          "[resources][transfer]") {
  CHECK(Key("y") == "true");
  CHECK(Key("0x10") == "16");
  CHECK(Key("1.50") == "1.5");
  CHECK(Key("1234567.0") == "1.234567e+06");
  CHECK(Key("123456.0") == "123456");
  CHECK(Key("0.00001") == "1e-05");
  CHECK(Key(".inf") == ".inf");
  CHECK(Key("1E400") == "1E400");
  CHECK(Key("~") == "none");
  CHECK(Key("18446744073709551615") == "none");
}

}  // namespace
}  // namespace skyden::resources
