// SPDX-License-Identifier: Apache-2.0
// The schema engine, with a type of its own that has one member of each kind.
#include "resources/codec/json_type_codec.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "resources/json/schema.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"

namespace skyden::resources::json {
namespace {

constexpr const char* kShared = R"(
Port: int32 range=1..65535
Named:
  name!: string length=1..3
)";

constexpr const char* kSchema = R"(
spec: Thing
status: ThingStatus
shapes:
  Thing:
    ...: Named
    port: Port
    count: uint32
    ratio: int_or_string
    wait: duration
    on: bool default=true always
    mode: one_of(Fast Slow)
    code: one_of(301 302) default=301 always
    data: bytes
    raw: any
    labels: map(string)
    parts: [Part, items=1..2]
    note: string nonzero
    list: [string, nonzero]
    key: string matches=^[a-z]+$
    inner: Inner always
  Part:
    size!: int32
    tag: string default=none
  Inner:
    text: string
  ThingStatus:
    done: int nonzero
    part: Part always
)";

model::TypeDescriptor ThingType() {
  model::TypeDescriptor type;
  type.name = "Thing";
  type.schema_yaml = kSchema;
  return type;
}

class Things {
 public:
  Things() : codec_(*MakeJsonTypeCodec(type_, kShared)) {}

  std::string Put(std::string_view spec) const {
    const auto decoded = codec_->DecodeRest(
        fmt::format(R"({{"type":"Thing","mesh":"default","name":"t","spec":{}}})", spec));
    if (decoded.ok()) return decoded->spec;
    std::string problems;
    for (const base::FieldViolation& v : base::ViolationsOf(decoded.status())) {
      problems += fmt::format("{}[{}] {}", problems.empty() ? "" : "; ", v.field, v.reason);
    }
    return problems.empty() ? std::string(base::ToStd(decoded.status().message())) : problems;
  }
  const TypeCodec& codec() const { return *codec_; }

 private:
  model::TypeDescriptor type_ = ThingType();
  std::unique_ptr<TypeCodec> codec_;
};

constexpr const char* kLeast = R"({"name":"a","on":true,"code":301,"inner":{}})";

TEST_CASE("a spec is stored with its defaults and without what nobody knows", "[schema]") {
  const Things things;
  CHECK(things.Put(R"({"name":"a"})") == kLeast);
  CHECK(things.Put(R"({"name":"a","on":null,"code":null})") == kLeast);
  CHECK(things.Put(R"({"name":"a","unknown":{"x":[1]},"list":[],"note":""})") == kLeast);
  CHECK(things.Put(R"({"NAME":"zz","name":"a","Inner":{"TEXT":"x"}})") ==
        R"({"name":"a","on":true,"code":301,"inner":{"text":"x"}})");
  CHECK(things.Put(R"({"name":"a","parts":[{"size":1}],"labels":{"b":"2","a":"1"}})") ==
        R"({"name":"a","on":true,"code":301,"labels":{"a":"1","b":"2"},)"
        R"("parts":[{"size":1,"tag":"none"}],"inner":{}})");
}

TEST_CASE("durations are rewritten as Go prints them", "[schema]") {
  const Things things;
  const auto wait = [&](std::string_view text) {
    return things.Put(fmt::format(R"({{"name":"a","wait":{}}})", text));
  };
  CHECK(wait("\"90s\"") == R"({"name":"a","wait":"1m30s","on":true,"code":301,"inner":{}})");
  CHECK(wait("\"0\"") == R"({"name":"a","wait":"0s","on":true,"code":301,"inner":{}})");
  CHECK(wait("\"90\"") == R"(invalid Thing object: "time: missing unit in duration \"90\"")");
  CHECK(wait("5") == "[spec.wait] in body must be of type string: \"number\"");
}

TEST_CASE("a wrong kind is told as the schema validator tells it", "[schema]") {
  const Things things;
  const auto put = [&](std::string_view member) {
    return things.Put(fmt::format(R"({{"name":"a",{}}})", member));
  };
  CHECK(put(R"("port":"x")") == "[spec.port] in body must be of type integer: \"string\"");
  CHECK(put(R"("port":true)") == "[spec.port] in body must be of type int32: \"\"");
  CHECK(put(R"("port":[])") == "[spec.port] in body must be of type integer: \"array\"");
  CHECK(put(R"("port":null)") == "[spec.port] in body must be of type integer: \"null\"");
  CHECK(put(R"("port":1.5)") ==
        "[spec.port] in body must be of type int32: \"float64\"; [] Checked value must be of type "
        "integer with format int32 in spec.port");
  CHECK(put(R"("inner":"x")") == "[spec.inner] in body must be of type object: \"string\"");
  CHECK(put(R"("parts":{})") == "[spec.parts] in body must be of type array: \"object\"");
  CHECK(put(R"("labels":{"a":1})") == "[spec.labels.a] in body must be of type string: \"number\"");
  CHECK(put(R"("mode":5)") ==
        "[spec.mode] in body must be of type string: \"number\"; [spec.mode] in body should be "
        "one of [Fast Slow]");
  CHECK(put(R"("data":"%%")") == "[spec.data] in body must be of type byte: \"%%\"");
  CHECK(put(R"("data":7)") == "[spec.data] in body must be of type byte: \"float64\"");
  CHECK(put(R"("ratio":true)") ==
        "[] \"spec.ratio\" must validate at least one schema (anyOf); [spec.ratio] in body must "
        "be of type integer: \"boolean\"");
}

TEST_CASE("limits of a value are told one by one", "[schema]") {
  const Things things;
  const auto put = [&](std::string_view member) {
    return things.Put(fmt::format(R"({{"name":"a",{}}})", member));
  };
  CHECK(things.Put("{}") == "[spec.name] in body is required");
  CHECK(things.Put(R"({"name":""})") == "[spec.name] in body should be at least 1 chars long");
  CHECK(things.Put(R"({"name":"abcd"})") == "[spec.name] in body should be at most 3 chars long");
  CHECK(things.Put("{\"name\":\"\xc3\xa9\xc3\xa9\xc3\xa9\"}").find("chars") == std::string::npos);
  CHECK(put(R"("port":0)") == "[spec.port] in body should be greater than or equal to 1");
  CHECK(put(R"("port":65536)") == "[spec.port] in body should be less than or equal to 65535");
  CHECK(put(R"("code":303)") == "[spec.code] in body should be one of [301 302]");
  CHECK(put(R"("key":"A")") == "[spec.key] in body should match '^[a-z]+$'");
  CHECK(put(R"("parts":[])") == "[spec.parts] in body should have at least 1 items");
  CHECK(put(R"("parts":[{"size":1},{},{"size":"x"}])") ==
        "[spec.parts[1].size] in body is required; [spec.parts[2].size] in body must be of type "
        "integer: \"string\"; [spec.parts] in body should have at most 2 items");
}

TEST_CASE("a number that the struct cannot hold names the struct and the path", "[schema]") {
  const Things things;
  CHECK(things.Put(R"({"name":"a","count":-1})") ==
        R"(invalid Thing object: "json: cannot unmarshal number -1 into Go struct field )"
        R"(Thing.spec.count of type uint32")");
  // Members are read by name, and a text that does not parse ends the reading.
  CHECK(things.Put(R"({"name":"a","wait":"x","count":-1})") ==
        R"(invalid Thing object: "time: invalid duration \"x\"")");
  CHECK(things.Put(R"({"name":"a","ratio":3000000000})") ==
        R"(invalid Thing object: "json: cannot unmarshal number 3000000000 into Go struct field )"
        R"(Thing.spec.ratio of type int32")");
}

TEST_CASE("members that differ only in case are one member, as a Go struct has it", "[schema]") {
  const Things things;
  // Each goes over what those before it by name have left: a struct and a map grow.
  CHECK(things.Put(R"({"name":"a","Labels":{"b":"1","c":"1"},"labels":{"c":"2"}})") ==
        R"({"name":"a","on":true,"code":301,"labels":{"b":"1","c":"2"},"inner":{}})");
  CHECK(things.Put(R"({"name":"a","Inner":{"text":"x"},"inner":{}})") ==
        R"({"name":"a","on":true,"code":301,"inner":{"text":"x"}})");
  CHECK(things.Put(R"({"name":"a","wait":"1s","waIT":"2s"})") ==
        R"({"name":"a","wait":"1s","on":true,"code":301,"inner":{}})");
  CHECK(things.Put(R"({"name":"a","port":1,"pORT":2,"note":"x","notE":"y"})") ==
        R"({"name":"a","port":1,"on":true,"code":301,"note":"x","inner":{}})");
  // A list is as long as the last one; its elements go over the former ones.
  CHECK(things.Put(R"({"name":"a","Parts":[{"size":1},{"size":2}],"parts":[{"size":3}]})") ==
        R"({"name":"a","on":true,"code":301,"parts":[{"size":3,"tag":"none"}],"inner":{}})");
  CHECK(things.Put(R"({"name":"a","Parts":[{"Tag":"x","size":1}],"parTs":[{"size":3}]})") ==
        R"({"name":"a","on":true,"code":301,"parts":[{"size":3,"tag":"x"}],"inner":{}})");
  // One that does not fit is told, whatever the others say.
  CHECK(things.Put(R"({"name":"a","Port":"x","port":1})") ==
        R"(invalid Thing object: "json: cannot unmarshal string into Go struct field )"
        R"(Thing.spec.port of type int32")");
}

TEST_CASE("what a resource is called by may be spelled in any case", "[schema]") {
  const Things things;
  const auto put = [&](std::string_view members) {
    return things.codec().DecodeRest(fmt::format(
        R"({{"type":"Thing","mesh":"default","name":"t",{},"spec":{{"name":"a"}}}})", members));
  };
  const auto error = [&](std::string_view members) {
    return std::string(base::ToStd(put(members).status().message()));
  };
  const auto decoded = put(R"("Labels":{"a":"1"},"labels":{"b":"2"},"Mesh":"other","KRI":5)");
  REQUIRE(decoded.ok());
  CHECK(decoded->labels == model::Labels{{"a", "1"}, {"b", "2"}});
  CHECK(decoded->mesh == "default");
  // The check knows times in their own case only; these are read all the same.
  CHECK(error(R"("CREATIONTIME":"2020-13-01T00:00:00Z")") ==
        R"(invalid Thing object: "parsing time \"2020-13-01T00:00:00Z\": month out of range")");
  CHECK(error(R"("modificationtime":5)") ==
        R"(invalid Thing object: "Time.UnmarshalJSON: input is not a JSON string")");
  CHECK(error(R"("Name":1,"Labels":{"a":2})") ==
        R"(invalid Thing object: "json: cannot unmarshal number into Go struct field )"
        R"(Resource.ResourceMeta.labels of type string")");
  CHECK(error(R"("Name":1)") ==
        R"(invalid Thing object: "json: cannot unmarshal number into Go struct field )"
        R"(Resource.ResourceMeta.name of type string")");
  CHECK(error(R"("Spec":1)") ==
        R"(invalid Thing object: "json: cannot unmarshal number into Go struct field )"
        R"(Resource.spec of type v1alpha1.Thing")");
}

TEST_CASE("a zero with a sign is no unsigned number, and is stored without it", "[schema]") {
  const Things things;
  CHECK(things.Put(R"({"name":"a","count":-0})") ==
        R"(invalid Thing object: "json: cannot unmarshal number -0 into Go struct field )"
        R"(Thing.spec.count of type uint32")");
  CHECK(things.Put(R"({"name":"a","ratio":-0,"raw":-0,"parts":[{"size":-0}]})") ==
        R"({"name":"a","ratio":0,"on":true,"code":301,"raw":-0,)"
        R"("parts":[{"size":0,"tag":"none"}],"inner":{}})");
}

TEST_CASE("a zone's spec is kept as sent once it decodes, and no spec is an empty one",
          "[schema]") {
  const Things things;
  const std::string newer = R"({"name":"a","added":{"later":true}})";
  auto decoded = things.codec().DecodeZone("", newer, R"({"done":3})");
  REQUIRE(decoded.ok());
  CHECK(decoded->spec == newer);
  CHECK(decoded->status == R"({"done":3})");
  decoded = things.codec().DecodeZone("", "", "");
  REQUIRE(decoded.ok());
  CHECK(decoded->spec == "{}");
  CHECK(decoded->status == R"({"part":{"size":0}})");

  CHECK(!things.codec().DecodeZone("", "[]", "").ok());
  CHECK(!things.codec().DecodeZone("", "{", "").ok());
  CHECK(!things.codec().DecodeZone("", R"({"count":-1})", "").ok());
  CHECK(!things.codec().DecodeZone("", R"({"wait":"x"})", "").ok());
  CHECK(!things.codec().DecodeZone("type.googleapis.com/x", "{}", "").ok());
  CHECK(!things.codec().DecodeZone("", "{}", R"({"done":"x"})").ok());
  CHECK(!things.codec().DecodeZone("", std::string(5u << 20, ' ') + "{}", "").ok());
}

TEST_CASE("the number of complaints about one body is bounded", "[schema]") {
  const Things things;
  std::string parts = "[";
  for (int i = 0; i < 5000; ++i) parts += "{},";
  parts += "{}]";
  const auto decoded = things.codec().DecodeRest(fmt::format(
      R"({{"type":"Thing","mesh":"default","name":"t","spec":{{"name":"a","parts":{}}}}})", parts));
  REQUIRE(!decoded.ok());
  CHECK(base::ViolationsOf(decoded.status()).size() == base::limits::kSchemaViolations);
}

TEST_CASE("a schema that makes no sense is refused with its place", "[schema]") {
  const auto error = [](std::string_view member) {
    model::TypeDescriptor type = ThingType();
    type.schema_yaml = fmt::format("spec: Thing\nshapes:\n  Thing:\n    {}\n", member);
    const auto schema = Schema::Compile(type, kShared);
    REQUIRE(!schema.ok());
    return std::string(base::ToStd(schema.status().message()));
  };
  CHECK(error("a: strin") == "Thing.a: strin: no such type or shape");
  CHECK(error("a: string sometimes") == "Thing.a: sometimes: not a word of the schema language");
  CHECK(error("a: int32 range=1") == "Thing.a: range=1: not a range");
  CHECK(error("a: bool default=maybe") == "Thing.a: maybe: not a bool");
  CHECK(error("a: string matches=[").find("Thing.a: matches") == 0);
  CHECK(error("...: Nobody") == "Thing: takes over an unknown shape");
}

}  // namespace
}  // namespace skyden::resources::json
