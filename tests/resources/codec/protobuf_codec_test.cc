// SPDX-License-Identifier: Apache-2.0
#include "resources/codec/protobuf_codec.h"

#include <catch2/catch.hpp>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "skyden/base/status.h"
#include "tests/resources/rules_proto/testing.h"

namespace skyden::resources::testing {
namespace {

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_CASE("a body gives type, names, labels and the canonical spec", "[resources][protobuf]") {
  const OneType one("Retry");
  const auto body = one.codec().DecodeRest(R"({"type":"Retry","mesh":"m","name":"r",
    "labels":{"a":"b"},"sources":[{"match":{"kuma.io/service":"*"}}],
    "destinations":[{"match":{"kuma.io/service":"x"}}],"conf":{"tcp":{"max_connect_attempts":3}}})");
  REQUIRE(body.ok());
  CHECK(body->type == "Retry");
  CHECK(body->mesh == "m");
  CHECK(body->name == "r");
  CHECK(body->labels == model::Labels{{"a", "b"}});
  model::Resource resource;
  resource.spec = body->spec;
  CHECK(one.codec().SpecJson(resource) == R"({"sources":[{"match":{"kuma.io/service":"*"}}],)"
                                          R"("destinations":[{"match":{"kuma.io/service":"x"}}],)"
                                          R"("conf":{"tcp":{"maxConnectAttempts":3}}})");
}

TEST_CASE("a body that does not decode is a bad request in Go's words", "[resources][protobuf]") {
  const OneType one("Mesh");
  const auto error = [&](const std::string& body) {
    const absl::Status status = one.codec().DecodeRest(body).status();
    CHECK(status.code() == absl::StatusCode::kInvalidArgument);
    CHECK(base::TitleOf(status) == "Bad Request");
    CHECK(base::ViolationsOf(status).empty());
    return Message(status);
  };
  CHECK(error("{") == R"(invalid Mesh object: "unexpected end of JSON input")");
  CHECK(error("[]") ==
        R"(invalid Mesh object: "json: cannot unmarshal array into Go value of type )"
        R"(v1alpha1.ResourceMeta")");
  CHECK(error("1") ==
        R"(invalid Mesh object: "json: cannot unmarshal number into Go value of type )"
        R"(v1alpha1.ResourceMeta")");
  const std::string layout = R"(\"2006-01-02T15:04:05Z07:00\")";
  CHECK(error(R"({"creationTime":"x"})") == R"(invalid Mesh object: "parsing time \"x\" as )" +
                                                layout + R"(: cannot parse \"x\" as \"2006\"")");
  CHECK(error(R"({"creationTime":"2024-01-02 03:04:05Z"})") ==
        R"(invalid Mesh object: "parsing time \"2024-01-02 03:04:05Z\" as )" + layout +
            R"(: cannot parse \" 03:04:05Z\" as \"T\"")");
  CHECK(error(R"({"modificationTime":"2024-13-02T03:04:05Z"})") ==
        R"(invalid Mesh object: "parsing time \"2024-13-02T03:04:05Z\": month out of range")");
  // Of members that differ in case only the last one counts, and a time is worse than a kind.
  CHECK(error(R"({"name":5,"CREATIONTIME":1})") ==
        R"(invalid Mesh object: "Time.UnmarshalJSON: input is not a JSON string")");
  CHECK(error(R"({"name":5})") ==
        R"(invalid Mesh object: "json: cannot unmarshal number into Go struct field )"
        R"(ResourceMeta.name of type string")");
  CHECK(error(R"({"labels":{"a":1}})") ==
        R"(invalid Mesh object: "json: cannot unmarshal number into Go struct field )"
        R"(ResourceMeta.labels of type string")");
  CHECK(error(R"({"mtls":[]})") ==
        R"(invalid Mesh object: "json: cannot unmarshal array into Go value of type )"
        R"(map[string]json.RawMessage")");
  CHECK(error(R"({"meshServices":{"mode":"x"}})") ==
        R"(invalid Mesh object: "unknown value \"\\\"x\\\"\" for enum )"
        R"(kuma.mesh.v1alpha1.Mesh.MeshServices.Mode")");
}

TEST_CASE("a body that decodes but does not hold carries its violations", "[resources][protobuf]") {
  const OneType one("Retry");
  const absl::Status status = one.codec().DecodeRest(R"({"type":"Retry"})").status();
  CHECK(base::TitleOf(status) == "Could not process a resource");
  CHECK(Message(status) == "Resource is not valid");
  CHECK(base::ViolationsOf(status).size() == 3);
}

TEST_CASE("meshes and zones with names that make no host names are deprecated",
          "[resources][protobuf]") {
  for (const std::string type : {"Mesh", "Zone"}) {
    const OneType one(type);
    const auto warnings = [&](const std::string& name) {
      const auto body =
          one.codec().DecodeRest(R"({"type":")" + type + R"(","name":")" + name + R"("})");
      return body.ok() ? body->warnings : Strings{"refused"};
    };
    CHECK(warnings("east-1").empty());
    REQUIRE(warnings("a.b").size() == 1);
    CHECK(warnings("a.b")[0].find("Invalid " + type + " resource name: 'a.b'. It does not") == 0);
  }
}

TEST_CASE("equal specs have equal bytes", "[resources][protobuf]") {
  const OneType one("TrafficPermission");
  const auto a = one.codec().SpecFromJson(R"({"sources":[{"match":{"a":"1","b":"2","c":"3"}}]})");
  const auto b = one.codec().SpecFromJson(R"({"sources":[{"match":{"c":"3","b":"2","a":"1"}}]})");
  REQUIRE(a.ok());
  CHECK(*a == *b);
}

TEST_CASE("members of a spec follow the meta, none when it is empty", "[resources][protobuf]") {
  const OneType one("Zone");
  std::string out = R"({"type":"Zone")";
  one.codec().AppendUniversal(one.Resource("{}"), out);
  CHECK(out == R"({"type":"Zone")");
  one.codec().AppendUniversal(one.Resource(R"({"enabled":false})"), out);
  CHECK(out == R"({"type":"Zone","enabled":false)");
}

TEST_CASE("Kubernetes objects look as they would in a cluster", "[resources][protobuf]") {
  const auto object = [](const char* type, const char* spec) {
    const OneType one(type);
    model::Resource resource = one.Resource(spec);
    resource.labels = {{"team", "core"}};  // not shown
    resource.creation_time = absl::FromUnixMillis(1'700'000'000'123);
    return one.codec().RenderKubernetes(resource, "kuma-system");
  };
  CHECK(object("Mesh", "{}") ==
        R"({"kind":"Mesh","apiVersion":"kuma.io/v1alpha1","metadata":{"name":"n",)"
        R"("creationTimestamp":"2023-11-14T22:13:20Z"},"spec":{}})");
  CHECK(
      object("TrafficLog", R"({"conf":{"backend":"b"}})") ==
      R"({"kind":"TrafficLog","apiVersion":"kuma.io/v1alpha1","metadata":{"name":"n",)"
      R"("creationTimestamp":"2023-11-14T22:13:20Z"},"mesh":"m","spec":{"conf":{"backend":"b"}}})");
  CHECK(object("DataplaneInsight", R"({"mTLS":{}})") ==
        R"({"kind":"DataplaneInsight","apiVersion":"kuma.io/v1alpha1","metadata":{"name":"n",)"
        R"("namespace":"kuma-system","creationTimestamp":"2023-11-14T22:13:20Z"},"mesh":"m",)"
        R"("status":{"mTLS":{}}})");
  CHECK(object("Secret", R"({"data":"aGk="})") ==
        R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":"n","namespace":"kuma-system",)"
        R"("creationTimestamp":"2023-11-14T22:13:20Z","labels":{"kuma.io/mesh":"m"}},)"
        R"("data":{"value":"aGk="},"type":"system.kuma.io/secret"})");
  CHECK(object("GlobalSecret", "{}") ==
        R"({"kind":"Secret","apiVersion":"v1","metadata":{"name":"n","namespace":"kuma-system",)"
        R"("creationTimestamp":"2023-11-14T22:13:20Z"},"data":{"value":null},)"
        R"("type":"system.kuma.io/global-secret"})");
}

constexpr const char* kProxy =
    R"({"networking":{"address":"10.0.0.1","inbound":[{"port":80,"tags":{"kuma.io/service":"a"}}]}})";

TEST_CASE("a zone's message is kept as it is, without what is not known", "[resources][protobuf]") {
  const OneType one("Dataplane");
  const std::string bytes = one.Resource(kProxy).spec;
  const std::string unknown = bytes + std::string("\xFA\x3E\x01x", 4);  // field 1007
  const auto decoded = one.codec().DecodeZone(one.url(), unknown, "");
  REQUIRE(decoded.ok());
  CHECK(decoded->spec == bytes);
  CHECK(decoded->status.empty());
}

TEST_CASE("a zone's message that does not decode or hold is named", "[resources][protobuf]") {
  const OneType one("Dataplane");
  const std::string bytes = one.Resource(kProxy).spec;
  const auto error = [&](const std::string& url, const std::string& spec) {
    const auto decoded = one.codec().DecodeZone(url, spec, "");
    CHECK(decoded.status().code() == absl::StatusCode::kInvalidArgument);
    return Message(decoded.status());
  };
  CHECK(error("type.googleapis.com/kuma.mesh.v1alpha1.Mesh", bytes) ==
        "spec is a \"type.googleapis.com/kuma.mesh.v1alpha1.Mesh\", not a "
        "kuma.mesh.v1alpha1.Dataplane");
  CHECK(error("", bytes) == "spec is a \"\", not a kuma.mesh.v1alpha1.Dataplane");
  CHECK(error(one.url(), bytes.substr(0, bytes.size() - 1)) ==
        "spec is not a valid kuma.mesh.v1alpha1.Dataplane");
  CHECK(error(one.url(), std::string("\x0A\x03\x2A\x01\xFF", 5)) ==
        "spec is not a valid kuma.mesh.v1alpha1.Dataplane");  // an address that is not UTF-8
  CHECK(error(one.url(), "") == "networking: must be defined");
  CHECK(error(one.url(), one.Resource(R"({"networking":{"address":"::","inbound":[{}]}})").spec) ==
        "networking.address: must not be 0.0.0.0 or ::; "
        "networking.inbound[0].port: port must be in the range [1, 65535]");
  CHECK(error(one.url(), std::string(5u << 20, '\0')) == "spec is larger than 4194304 bytes");
}

TEST_CASE("a message nested without end is refused", "[resources][protobuf]") {
  const OneType one("DataplaneInsight");
  // metadata { fields { key "a" value { struct_value { ... } } } }, from the inside out.
  std::string level;
  const auto wrap = [](char tag, const std::string& inside) {
    std::string out(1, tag);
    for (size_t size = inside.size(); true; size >>= 7) {
      out += static_cast<char>((size & 0x7F) | (size >= 0x80 ? 0x80 : 0));
      if (size < 0x80) break;
    }
    return out + inside;
  };
  for (int i = 0; i < 10'000; ++i) {
    level = wrap('\x0A', wrap('\x0A', "a") + wrap('\x12', wrap('\x2A', level)));
  }
  const auto decoded = one.codec().DecodeZone(one.url(), wrap('\x1A', level), "");
  CHECK(Message(decoded.status()) == "spec is not a valid kuma.mesh.v1alpha1.DataplaneInsight");
}

TEST_CASE("what a zone sends can always be shown", "[resources][protobuf]") {
  const OneType one("Dataplane");
  kuma::mesh::v1alpha1::Dataplane proxy;
  proxy.mutable_networking()->set_address("10.0.0.1");
  auto* inbound = proxy.mutable_networking()->add_inbound();
  inbound->set_port(80);
  inbound->mutable_serviceprobe()->mutable_interval()->set_nanos(2'000'000'000);
  const auto decoded = one.codec().DecodeZone(one.url(), proxy.SerializeAsString(), "");
  CHECK(Message(decoded.status()) ==
        "spec is not a valid kuma.mesh.v1alpha1.Dataplane: ns out of range (-1000000000, "
        "1000000000)");
}

TEST_CASE("a message that is not linked in is told at start", "[resources][protobuf]") {
  model::TypeDescriptor type;
  type.name = "Ghost";
  type.protobuf_message = "kuma.mesh.v1alpha1.Ghost";
  CHECK(Message(MakeProtobufTypeCodec(type).status()) ==
        "type Ghost: message kuma.mesh.v1alpha1.Ghost is not linked in");
}

}  // namespace
}  // namespace skyden::resources::testing
