// SPDX-License-Identifier: Apache-2.0
#include "resources/proto/jsonpb.h"

#include <catch2/catch.hpp>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "kuma/mesh/v1alpha1/resilience.pb.h"
#include "kuma/mesh/v1alpha1/traffic.pb.h"

namespace skyden::resources {
namespace {

namespace mesh = kuma::mesh::v1alpha1;

template <class Type>
std::string Through(const std::string& json) {
  Type message;
  if (const absl::Status status = JsonpbDecode(json, message); !status.ok()) {
    return std::string(status.message());
  }
  const auto out = JsonpbEncode(message);
  return out.ok() ? *out : std::string(out.status().message());
}

TEST_CASE("unknown fields vanish and both spellings of a name are read", "[resources][jsonpb]") {
  CHECK(Through<mesh::HealthCheck>(
            R"({"x":{"y":[1]},"conf":{"healthy_threshold":3,"unhealthyThreshold":2}})") ==
        R"({"conf":{"unhealthyThreshold":2,"healthyThreshold":3}})");
  CHECK(Through<mesh::HealthCheck>(R"({"conf":{"healthyThreshold":4,"healthy_threshold":3}})") ==
        R"({"conf":{"healthyThreshold":4}})");
}

TEST_CASE("what a message cannot hold is noted", "[resources][jsonpb]") {
  mesh::Mesh message;
  JsonpbNotes notes;
  REQUIRE(JsonpbDecode(R"({"type":"Mesh","name":"m","kri":"k","x":1,"y":null,"mtls":{"backends":[)"
                       R"({"name":"a","z":{"q":1},"dp_cert":{"rotation":{}}}]}})",
                       message, &notes)
              .ok());
  CHECK(notes.dropped.Take() ==
        std::vector<std::string>{"x", "mtls.backends[0].dp_cert", "mtls.backends[0].z"});
}

TEST_CASE("zero values are not printed, present messages are", "[resources][jsonpb]") {
  CHECK(Through<mesh::Mesh>(R"({"mtls":{"enabledBackend":"","backends":[]},"routing":{}})") ==
        R"({"mtls":{},"routing":{}})");
  CHECK(Through<mesh::Mesh>("null") == "{}");
  CHECK(Through<mesh::Mesh>(R"({"networking":{"outbound":{"passthrough":false}}})") ==
        R"({"networking":{"outbound":{"passthrough":false}}})");
}

TEST_CASE("durations are read as Go writes them and printed in seconds", "[resources][jsonpb]") {
  const auto through = [](const std::string& text) {
    return Through<mesh::Timeout>(R"({"conf":{"connectTimeout":)" + text + "}}");
  };
  CHECK(through(R"("1h1m1.5s")") == R"({"conf":{"connectTimeout":"3661.500s"}})");
  CHECK(through(R"("5ms")") == R"({"conf":{"connectTimeout":"0.005s"}})");
  CHECK(through(R"("-1ns")") == R"({"conf":{"connectTimeout":"-0.000000001s"}})");
  CHECK(through(R"("0s")") == R"({"conf":{"connectTimeout":"0s"}})");
  CHECK(through(R"("5")") == R"(bad Duration: time: missing unit in duration "5")");
  CHECK(through("5") == "json: cannot unmarshal number into Go value of type string");
}

TEST_CASE("times are printed in UTC with as many digits as needed", "[resources][jsonpb]") {
  const auto through = [](const std::string& text) {
    return Through<mesh::DataplaneInsight>(R"({"mTLS":{"certificateExpirationTime":")" + text +
                                           "\"}}");
  };
  CHECK(through("2024-05-06T07:08:09+02:00") ==
        R"({"mTLS":{"certificateExpirationTime":"2024-05-06T05:08:09Z"}})");
  CHECK(through("2024-05-06T07:08:09.12Z") ==
        R"({"mTLS":{"certificateExpirationTime":"2024-05-06T07:08:09.120Z"}})");
  CHECK(through("1969-12-31T23:59:59.000000001Z") ==
        R"({"mTLS":{"certificateExpirationTime":"1969-12-31T23:59:59.000000001Z"}})");
}

TEST_CASE("64-bit numbers are strings, smaller ones may be", "[resources][jsonpb]") {
  CHECK(Through<mesh::TrafficRoute>(
            R"({"conf":{"loadBalancer":{"ringHash":{"minRingSize":1024,"maxRingSize":"9"}}}})") ==
        R"({"conf":{"loadBalancer":{"ringHash":{"minRingSize":"1024","maxRingSize":"9"}}}})");
  CHECK(Through<mesh::RateLimit>(R"({"conf":{"http":{"requests":"7"}}})") ==
        R"({"conf":{"http":{"requests":7}}})");
  CHECK(Through<mesh::RateLimit>(R"({"conf":{"http":{"requests":"x"}}})") ==
        "invalid character 'x' looking for beginning of value");
  CHECK(Through<mesh::RateLimit>(R"({"conf":{"http":{"requests":""}}})") ==
        "unexpected end of JSON input");
  CHECK(Through<mesh::RateLimit>(R"({"conf":{"http":{"requests":4294967296}}})") ==
        "json: cannot unmarshal number 4294967296 into Go value of type uint32");
}

TEST_CASE("enums go by name, and by number when they have none", "[resources][jsonpb]") {
  CHECK(Through<mesh::Mesh>(R"({"meshServices":{"mode":"Everywhere"}})") ==
        R"({"meshServices":{"mode":"Everywhere"}})");
  CHECK(Through<mesh::Mesh>(R"({"meshServices":{"mode":3}})") ==
        R"({"meshServices":{"mode":"Exclusive"}})");
  CHECK(Through<mesh::Mesh>(R"({"meshServices":{"mode":42}})") ==
        R"({"meshServices":{"mode":42}})");
  CHECK(Through<mesh::Mesh>(R"({"meshServices":{"mode":"everywhere"}})") ==
        R"(unknown value "\"everywhere\"" for enum kuma.mesh.v1alpha1.Mesh.MeshServices.Mode)");
  CHECK(Through<mesh::Mesh>(R"({"meshServices":{"mode":true}})") ==
        "json: cannot unmarshal bool into Go value of type protoreflect.EnumNumber");
}

TEST_CASE("free-form values keep their kinds and print sorted", "[resources][jsonpb]") {
  const auto through = [](const std::string& conf) {
    return Through<mesh::MetricsBackend>(R"({"conf":)" + conf + "}");
  };
  CHECK(through(R"({"z":null,"a":[1,2.50,true,"<",{"k":[]}]})") ==
        R"({"conf":{"a":[1,2.5,true,"\u003c",{"k":[]}],"z":null}})");
  CHECK(through("[]") ==
        "bad StructValue: json: cannot unmarshal array into Go value of type "
        "map[string]json.RawMessage");
  CHECK(through(R"({"a":{"b":1e999}})") ==
        R"(bad value in StructValue for key "a": bad value in StructValue for key "b": )"
        R"(unrecognized type for Value "1e999")");
}

TEST_CASE("nulls leave fields out, but stand in lists and maps", "[resources][jsonpb]") {
  CHECK(Through<mesh::TrafficLog>(R"({"sources":[null,{"match":{"a":null}}],"conf":null})") ==
        R"({"sources":[{},{"match":{"a":""}}]})");
  CHECK(Through<mesh::HealthCheck>(R"({"conf":{"tcp":{"send":"","receive":["","Zg=="]}}})") ==
        R"({"conf":{"tcp":{"send":null,"receive":[null,"Zg=="]}}})");
}

TEST_CASE("bytes that hold nothing are dropped, but stand in lists", "[resources][jsonpb]") {
  mesh::HealthCheck message;
  REQUIRE(JsonpbDecode(R"({"conf":{"tcp":{"send":"","receive":["","Zg=="]}}})", message).ok());
  DropEmptyBytes(message);
  CHECK(JsonpbEncode(message).value_or("") == R"({"conf":{"tcp":{"receive":[null,"Zg=="]}}})");
}

TEST_CASE("of a oneof's members the last declared one stays", "[resources][jsonpb]") {
  CHECK(Through<mesh::TrafficRoute>(
            R"({"conf":{"http":[{"match":{"path":{"regex":"r","prefix":"p"}}}]}})") ==
        R"({"conf":{"http":[{"match":{"path":{"regex":"r"}}}]}})");
  CHECK(Through<mesh::TrafficRoute>(R"({"conf":{"http":[{"match":{"path":{"exact":""}}}]}})") ==
        R"({"conf":{"http":[{"match":{"path":{"exact":""}}}]}})");
}

TEST_CASE("maps written as {} are remembered by their paths", "[resources][jsonpb]") {
  mesh::TrafficRoute route;
  JsonpbNotes notes;
  REQUIRE(JsonpbDecode(R"({"conf":{"destination":{},"http":[{},{"match":{"headers":{}}}]}})", route,
                       &notes)
              .ok());
  CHECK(notes.empty_maps ==
        std::vector<std::string>{"conf.destination", "conf.http[1].match.headers"});
}

TEST_CASE("what JSON cannot say is refused, not printed", "[resources][jsonpb]") {
  mesh::Timeout timeout;
  timeout.mutable_conf()->mutable_connect_timeout()->set_seconds(400'000'000'000);
  CHECK(!JsonpbEncode(timeout).ok());
  timeout.mutable_conf()->mutable_connect_timeout()->set_seconds(1);
  timeout.mutable_conf()->mutable_connect_timeout()->set_nanos(-1);
  CHECK(!JsonpbEncode(timeout).ok());
  mesh::DataplaneInsight insight;
  insight.mutable_mtls()->mutable_certificate_expiration_time()->set_nanos(-5);
  CHECK(!JsonpbEncode(insight).ok());
  mesh::MetricsBackend backend;
  (*backend.mutable_conf()->mutable_fields())["a"];  // a value that is nothing
  CHECK(!JsonpbEncode(backend).ok());
}

TEST_CASE("nesting of messages is bounded both ways", "[resources][jsonpb]") {
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += R"({"a":)";
  CHECK(Through<mesh::MetricsBackend>(R"({"conf":)" + deep) == "exceeded max depth");
  mesh::MetricsBackend backend;
  google::protobuf::Struct* level = backend.mutable_conf();
  for (int i = 0; i < 200; ++i) {
    level = (*level->mutable_fields())["a"].mutable_struct_value();
  }
  CHECK(!JsonpbEncode(backend).ok());
}

}  // namespace
}  // namespace skyden::resources
