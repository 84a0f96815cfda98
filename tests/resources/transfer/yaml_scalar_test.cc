// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <utility>

#include "resources/proto/go_yaml_scalar.h"

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
      {"y", "\"y\""},
      {"N", "\"N\""},
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
      {"1e3", "1e3"},
      {"-", "\"-\""},
      {"1.2.3", "\"1.2.3\""},
      {"10s", "\"10s\""},
      {"0xZZ", "\"0xZZ\""},
      {"2026-01-02", "\"2026-01-02\""},
      {"_1", "\"_1\""},
      {"-_1", "\"-_1\""},
      {"<a>", "\"\\u003ca\\u003e\""},
      {"01E50555", R"("01E50555")"},  // no number of Go's
  };
  for (const auto& [text, json] : table) {
    CAPTURE(text);
    CHECK(PlainScalarToJson(text) == json);
  }
}

TEST_CASE("what JSON cannot say is refused", "[resources][transfer]") {
  for (const char* text : {".inf", "-.Inf", ".NaN", "0xFFFFFFFFFFFFFFFFFF"}) {
    CAPTURE(text);
    CHECK_FALSE(PlainScalarToJson(text).has_value());
  }
}

}  // namespace
}  // namespace skyden::resources
