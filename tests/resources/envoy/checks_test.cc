// SPDX-License-Identifier: Apache-2.0
// Each kind of rule, on values that keep and break it. Rules are written as options of a field are.
#include "resources/envoy/checks.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/wrappers.pb.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <memory>

#include "tests/resources/envoy/testing.h"

namespace skyden::resources::envoy {
namespace {

namespace pb = google::protobuf;

struct Rule {
  std::vector<std::string> unknown;
  std::vector<Check> checks;
};

// `text`: a validate.FieldRules, e.g. `uint32 { gt: 0 }`.
Rule Parse(const std::string& text, const pb::FieldDescriptor& field) {
  const auto prototype = Api()->Find("validate.FieldRules");
  const std::unique_ptr<pb::Message> rules((*prototype)->New());
  REQUIRE(pb::TextFormat::ParseFromString(text, rules.get()));
  const Options options(rules.get());
  const std::string kind = options.Members().front();
  Rule rule;
  rule.checks = ChecksOf(kind, options.Sub(kind.c_str()), field, rule.unknown);
  return rule;
}

std::string Why(const std::string& text, const pb::Message& message,
                const pb::FieldDescriptor& field) {
  const Rule rule = Parse(text, field);
  CHECK(rule.unknown.empty());
  for (const Check& check : rule.checks) {
    if (std::string why = check({message, field}); !why.empty()) return why;
  }
  return "";
}

// What a rule says of the value in a wrapper.
template <class Wrapper, class T>
std::string Of(const std::string& rule, const T& value) {
  Wrapper wrapper;
  wrapper.set_value(value);
  return Why(rule, wrapper, *Wrapper::descriptor()->field(0));
}

std::string OfUint(const std::string& rule, uint32_t value) {
  return Of<pb::UInt32Value>(rule, value);
}
std::string OfText(const std::string& rule, const std::string& value) {
  return Of<pb::StringValue>(rule, value);
}
std::string OfDuration(const std::string& rule, int64_t seconds, int32_t nanos = 0) {
  pb::Duration duration;
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
  const auto prototype = Api()->Find("envoy.config.core.v3.KeepaliveSettings");
  const std::unique_ptr<pb::Message> holder((*prototype)->New());
  const pb::FieldDescriptor& field = *holder->GetDescriptor()->FindFieldByName("interval");
  REQUIRE(holder->GetReflection()
              ->MutableMessage(holder.get(), &field)
              ->ParseFromString(duration.SerializeAsString()));
  return Why(rule, *holder, field);
}

TEST_CASE("numbers are compared with one end or both", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(OfUint("uint32 { gt: 3 }", 4).empty());
  CHECK(OfUint("uint32 { gt: 3 }", 3) == "value must be greater than 3");
  CHECK(OfUint("uint32 { gte: 3 }", 3).empty());
  CHECK(OfUint("uint32 { gte: 3 }", 2) == "value must be greater than or equal to 3");
  CHECK(OfUint("uint32 { lt: 3 }", 3) == "value must be less than 3");
  CHECK(OfUint("uint32 { lte: 3 }", 4) == "value must be less than or equal to 3");
  CHECK(OfUint("uint32 { gte: 1 lte: 3 }", 4) == "value must be inside range [1, 3]");
  CHECK(OfUint("uint32 { gt: 1 lt: 3 }", 1) == "value must be inside range (1, 3)");
  CHECK(OfUint("uint32 { gt: 1 lte: 3 }", 3).empty());
  CHECK(OfUint("uint32 { gt: 1 lte: 3 }", 4) == "value must be inside range (1, 3]");
  CHECK(OfUint("uint32 { gte: 1 lt: 3 }", 3) == "value must be inside range [1, 3)");
}

TEST_CASE("ends the other way round keep values out", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(OfUint("uint32 { lte: 1 gte: 5 }", 1).empty());
  CHECK(OfUint("uint32 { lte: 1 gte: 5 }", 5).empty());
  CHECK(OfUint("uint32 { lte: 1 gte: 5 }", 3) == "value must be outside range (1, 5)");
  CHECK(OfUint("uint32 { lt: 1 gt: 5 }", 1) == "value must be outside range [1, 5]");
  CHECK(OfUint("uint32 { lt: 1 gte: 5 }", 4) == "value must be outside range [1, 5)");
  CHECK(OfUint("uint32 { lte: 1 gt: 5 }", 5) == "value must be outside range (1, 5]");
}

TEST_CASE("numbers of every kind have their rules", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(Of<pb::Int32Value>("int32 { gte: -2 }", -3) == "value must be greater than or equal to -2");
  CHECK(Of<pb::Int64Value>("int64 { lt: -1 }", int64_t{0}) == "value must be less than -1");
  CHECK(Of<pb::UInt64Value>("uint64 { lte: 18446744073709551614 }",
                            std::numeric_limits<uint64_t>::max()) ==
        "value must be less than or equal to 18446744073709551614");
  CHECK(Of<pb::DoubleValue>("double { gte: 0 lte: 100 }", 100.5) ==
        "value must be inside range [0, 100]");
  CHECK(Of<pb::FloatValue>("float { gt: 0.5 }", 0.5F) == "value must be greater than 0.5");
  // What is no number is neither above nor below.
  CHECK(Of<pb::DoubleValue>("double { gte: 0 lte: 100 }", std::nan("")).empty());
  CHECK(OfUint("uint32 { const: 7 }", 8) == "value must equal 7");
  CHECK(OfUint("uint32 { in: [1, 2] }", 3) == "value must be in list [1 2]");
  CHECK(OfUint("uint32 { not_in: [1, 2] }", 2) == "value must not be in list [1 2]");
  CHECK(OfUint("uint32 { gt: 5 ignore_empty: true }", 0).empty());
  CHECK(OfUint("uint32 { gt: 5 ignore_empty: true }", 1) == "value must be greater than 5");
  CHECK(Of<pb::BoolValue>("bool { const: true }", true).empty());
  CHECK(Of<pb::BoolValue>("bool { const: true }", false) == "value must equal true");
}

TEST_CASE("texts are measured in characters or in bytes", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(OfText("string { min_len: 1 }", "") == "value length must be at least 1 runes");
  CHECK(OfText("string { max_len: 2 }", "éé").empty());
  CHECK(OfText("string { max_len: 2 }", "ééé") == "value length must be at most 2 runes");
  CHECK(OfText("string { min_len: 2 max_len: 3 }", "é") ==
        "value length must be between 2 and 3 runes, inclusive");
  CHECK(OfText("string { len: 2 }", "abc") == "value length must be 2 runes");
  CHECK(OfText("string { min_len: 2 max_len: 2 }", "a") == "value length must be 2 runes");
  CHECK(OfText("string { min_bytes: 1 }", "") == "value length must be at least 1 bytes");
  CHECK(OfText("string { max_bytes: 3 }", "éé") == "value length must be at most 3 bytes");
  CHECK(OfText("string { min_bytes: 1 max_bytes: 3 }", "éé") ==
        "value length must be between 1 and 3 bytes, inclusive");
  CHECK(OfText("string { len_bytes: 4 }", "éé").empty());
  CHECK(OfText("string { min_len: 5 ignore_empty: true }", "").empty());
  CHECK(Of<pb::BytesValue>("bytes { min_len: 1 }", "") == "value length must be at least 1 bytes");
  CHECK(Of<pb::BytesValue>("bytes { max_len: 1 }", "ab") == "value length must be at most 1 bytes");
}

TEST_CASE("texts have parts, lists and patterns", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(OfText(R"(string { prefix: "%" })", "a") == R"(value does not have prefix "%")");
  CHECK(OfText(R"(string { suffix: "%" })", "%a") == R"(value does not have suffix "%")");
  CHECK(OfText(R"(string { contains: "b" })", "ac") == R"(value does not contain substring "b")");
  CHECK(OfText(R"(string { not_contains: "b" })", "abc") == R"(value contains substring "b")");
  CHECK(OfText(R"(string { const: "x" })", "y") == "value must equal x");
  CHECK(OfText(R"(string { in: ["a", "b", ""] })", "").empty());
  CHECK(OfText(R"(string { in: ["a", "b", ""] })", "c") == "value must be in list [a b ]");
  CHECK(OfText(R"(string { not_in: ["a"] })", "a") == "value must not be in list [a]");
  CHECK(OfText(R"(string { pattern: "^a+$" })", "aa").empty());
  CHECK(OfText(R"(string { pattern: "^a+$" })", "ab") ==
        R"(value does not match regex pattern "^a+$")");
  // The first that is broken is told.
  CHECK(OfText(R"(string { min_len: 1 pattern: "^a+$" })", "") ==
        "value length must be at least 1 runes");
}

TEST_CASE("names and values of headers have known patterns", "[envoy]") {
  if (Api() == nullptr) return;
  const std::string loose = "string { well_known_regex: HTTP_HEADER_NAME strict: false }";
  CHECK(OfText(loose, "x y").empty());
  CHECK(OfText(loose, "x\ny") == R"(value does not match regex pattern "^[^\x00\n\r]*$")");
  const std::string name = "string { well_known_regex: HTTP_HEADER_NAME }";
  CHECK(OfText(name, ":path").empty());
  CHECK(OfText(name, "x y") ==
        R"(value does not match regex pattern "^:?[0-9a-zA-Z!#$%&'*+-.^_|~`]+$")");
  const std::string value = "string { well_known_regex: HTTP_HEADER_VALUE }";
  CHECK(OfText(value, "x\ty").empty());
  CHECK(OfText(value, std::string("x\0y", 3)) ==
        R"(value does not match regex pattern "^[^\x00-\b\n-\x1f\x7f]*$")");
}

TEST_CASE("durations are compared, and written as Go writes them", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(OfDuration("duration { gt {} }", 0) == "value must be greater than 0s");
  CHECK(OfDuration("duration { gte { nanos: 1000000 } }", 0, 999999) ==
        "value must be greater than or equal to 1ms");
  CHECK(OfDuration("duration { gte { nanos: 1000000 } }", 0, 1000000).empty());
  CHECK(OfDuration("duration { lt { seconds: 4294967296 } gte {} }", 4294967296) ==
        "value must be inside range [0s, 1193046h28m16s)");
  CHECK(OfDuration("duration { lte {} gte { nanos: 1000000 } }", 0, 1) ==
        "value must be outside range (0s, 1ms)");
  CHECK(OfDuration("duration { const { seconds: 90 } }", 1) == "value must equal 1m30s");
  CHECK(OfDuration("duration { gt {} }", -1) == "value must be greater than 0s");
}

TEST_CASE("a rule that is not known is said to be", "[envoy]") {
  if (Api() == nullptr) return;
  const pb::FieldDescriptor& text = *pb::StringValue::descriptor()->field(0);
  CHECK(Parse("string { email: true }", text).unknown == std::vector<std::string>{"string.email"});
  CHECK(Parse(R"(string { pattern: "(" })", text).unknown.size() == 1);
  CHECK(Parse("timestamp { lt_now: true }", text).unknown == std::vector<std::string>{"timestamp"});
}

}  // namespace
}  // namespace skyden::resources::envoy
