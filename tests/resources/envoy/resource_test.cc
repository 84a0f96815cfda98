// SPDX-License-Identifier: Apache-2.0
#include "resources/envoy/resource.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/resources/envoy/testing.h"

namespace skyden::resources::envoy {
namespace {

std::string Part(std::string_view text) {
  return WhyNotResource(text, Resource::kCluster, Completeness::kPart);
}

TEST_CASE("values are read in every form that Kuma reads", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(Cluster("name: c\nconnect_timeout: 1h2m3.5s\nperConnectionBufferLimitBytes: '7'").empty());
  CHECK(Cluster("{name: c, type: 3, lbPolicy: LEAST_REQUEST, altStatName: null}").empty());
  CHECK(Cluster("{name: c, slowness: {of: [life]}}").empty());
  CHECK(Cluster("{name: c, metadata: {filterMetadata: {a: {b: [1, {c: null}]}}}}").empty());
  CHECK(Cluster("{name: c, commonLbConfig: {healthyPanicThreshold: {value: '12.5'}}}").empty());
  CHECK(Listener("{socketOptions: [{level: '1', name: -2, bufValue: YWI=}]}").empty());
  CHECK(Cluster("{name: c, trackClusterStats: {}, lrsServer: {self: {}}}").empty());
}

TEST_CASE("a value of a wrong kind is told deep inside", "[envoy]") {
  if (Api() == nullptr) return;
  struct Case {
    const char* text;
    const char* why;
  };
  const Case cases[] = {
      {"circuitBreakers: {thresholds: [{maxRetries: lots}]}",
       "invalid character 'l' looking for beginning of value"},
      {"circuitBreakers: {thresholds: {}}",
       "json: cannot unmarshal object into Go value of type []json.RawMessage"},
      {"circuitBreakers: {thresholds: [5]}",
       "json: cannot unmarshal number into Go value of type map[string]json.RawMessage"},
      {"outlierDetection: {interval: 10}",
       "json: cannot unmarshal number into Go value of type string"},
      {"outlierDetection: {interval: 10 s}",
       R"(bad Duration: time: unknown unit " s" in duration "10 s")"},
      {"outlierDetection: {maxEjectionPercent: -1}",
       "json: cannot unmarshal number -1 into Go value of type uint32"},
      {"outlierDetection: {maxEjectionPercent: 1.5}",
       "json: cannot unmarshal number 1.5 into Go value of type uint32"},
      {"upstreamConnectionOptions: {tcpKeepalive: {keepaliveTime: 4294967296}}",
       "json: cannot unmarshal number 4294967296 into Go value of type uint32"},
      {"dnsLookupFamily: V5_ONLY",
       R"(unknown value "\"V5_ONLY\"" for enum envoy.config.cluster.v3.Cluster.DnsLookupFamily)"},
      {"dnsLookupFamily: 1.5",
       "json: cannot unmarshal number 1.5 into Go value of type protoreflect.EnumNumber"},
      {"loadAssignment: {endpoints: [{lbEndpoints: [{healthStatus: WELL}]}]}",
       R"(unknown value "\"WELL\"" for enum envoy.config.core.v3.HealthStatus)"},
      {"transportSocket: {typedConfig: word}",
       "json: cannot unmarshal string into Go value of type map[string]json.RawMessage"},
      {"healthChecks: [{tcpHealthCheck: {send: {binary: '?'}}}]",
       "illegal base64 data at input byte 0"},
      {"metadata: {filterMetadata: {a: 1}}",
       "bad StructValue: json: cannot unmarshal number into Go value of type "
       "map[string]json.RawMessage"},
      {"trackTimeoutBudgets: 'true'", "json: cannot unmarshal string into Go value of type bool"},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    // A part is read as the whole is.
    CHECK(Part(one.text) == one.why);
    CHECK(Cluster(one.text) == one.why);
  }
}

TEST_CASE("a part need not keep the rules of the whole", "[envoy]") {
  if (Api() == nullptr) return;
  CHECK(Part("lbPolicy: 77").empty());
  CHECK(Part("healthChecks: [{}]").empty());
  CHECK(Part("").empty());
  CHECK(Part("null").empty());
  CHECK(Cluster("") == "invalid Cluster.Name: value length must be at least 1 runes");
}

TEST_CASE("what an Any holds is of the type that it names", "[envoy]") {
  if (Api() == nullptr) return;
  const auto filter = [](const std::string& config) {
    return NetworkFilter("{name: f, typedConfig: " + config + "}");
  };
  const std::string proxy = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";
  CHECK(filter("{'@type': type.googleapis.com/" + proxy + ", cluster: c}").empty());
  CHECK(filter("{'@type': " + proxy + ", cluster: c}").empty());
  CHECK(filter("{'@type': a/b/" + proxy + ", idleTimeout: 1h}").empty());
  CHECK(filter("{'@type': a/envoy.config.filter.network.tcp_proxy.v2.TcpProxy}").empty());
  CHECK(filter("null").empty());
  CHECK(filter("{}") == "Any JSON doesn't have '@type'");
  CHECK(filter("{'@type': [1]}") == R"(can't unmarshal Any's '@type': "[1]")");
  CHECK(filter("{'@type': ''}") == "could not resolve Any message type: ");
  CHECK(filter("{'@type': a/envoy.extensions.filters.network.tcp_proxy.v2.TcpProxy}") ==
        "could not resolve Any message type: "
        "a/envoy.extensions.filters.network.tcp_proxy.v2.TcpProxy");
  CHECK(filter("{'@type': a/" + proxy + ", cluster: {}}") ==
        "can't unmarshal Any nested proto a/" + proxy +
            ": json: cannot unmarshal object into Go value of type string");
  // An Any in an Any.
  CHECK(filter("{'@type': a/" + proxy + ", accessLog: [{typedConfig: {'@type': x}}]}") ==
        "can't unmarshal Any nested proto a/" + proxy + ": could not resolve Any message type: x");
}

TEST_CASE("messages with a JSON of their own stand apart in an Any", "[envoy]") {
  if (Api() == nullptr) return;
  const auto filter = [](const std::string& config) {
    return NetworkFilter("{name: f, typedConfig: " + config + "}");
  };
  CHECK(filter("{'@type': a/google.protobuf.Duration, value: 1s}").empty());
  CHECK(filter("{'@type': a/google.protobuf.Struct, value: {a: 1}}").empty());
  CHECK(filter("{'@type': a/google.protobuf.Empty, value: {}}").empty());
  CHECK(filter("{'@type': a/google.protobuf.FieldMask, value: 5}").empty());
  CHECK(filter("{'@type': a/google.protobuf.Struct, a: 1}") == "Any JSON doesn't have 'value'");
  CHECK(filter("{'@type': a/google.protobuf.UInt32Value, value: -1}") ==
        "can't unmarshal Any nested proto a/google.protobuf.UInt32Value: json: cannot unmarshal "
        "number -1 into Go value of type uint32");
}

TEST_CASE("keys of a map are read as what they are", "[envoy]") {
  if (Api() == nullptr) return;
  const auto matching = [](const std::string& map) {
    return WhyNotPacked(
        "{'@type': a/envoy.extensions.filters.network.dubbo_proxy.v3.MethodMatch, paramsMatch: " +
        map + "}");
  };
  const std::string start =
      "can't unmarshal Any nested proto "
      "a/envoy.extensions.filters.network.dubbo_proxy.v3.MethodMatch: ";
  CHECK(matching("{'1': {exactMatch: a}, '2': {exactMatch: b}}").empty());
  CHECK(matching("{'1': 5}") ==
        start + "json: cannot unmarshal number into Go value of type map[string]json.RawMessage");
  CHECK(matching("{'-1': {}}") ==
        start + "json: cannot unmarshal number -1 into Go value of type uint32");
  CHECK(matching("{one: {}}") == start + "invalid character 'o' looking for beginning of value");
  CHECK(matching("{'': {}}") == start + "unexpected end of JSON input");
}

TEST_CASE("what is neither YAML nor JSON is refused as JSON", "[envoy]") {
  CHECK(Part("*") == "invalid character '*' looking for beginning of value");
  CHECK(Part("%x") == "invalid character '%' looking for beginning of value");
  for (const char* open : {"[", "{", "\"", "\"x", R"({"a")"}) {
    INFO(open);
    CHECK(Part(open) == "unexpected EOF");
  }
  CHECK(Part("'") == "invalid character '\\'' looking for beginning of value");
  CHECK(Part("'a': 1").empty());
  // Read as from a stream: only the first value, and an end is an end wherever it comes.
  CHECK(Part(R"("a" : b : c)") ==
        "json: cannot unmarshal string into Go value of type map[string]json.RawMessage");
  CHECK(Part("{\"a\": [tr") == "unexpected EOF");
  CHECK(!Part("[a]:b").empty());
}

TEST_CASE("a text that would become too much is refused early", "[envoy]") {
  CHECK(!Part(std::string(2000, '[')).empty());
  // Aliases that would unfold into gigabytes.
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 20; ++i) {
    bomb += fmt::format("a{0}: &a{0} [", i);
    for (int j = 0; j < 9; ++j) bomb += fmt::format("{}*a{}", j > 0 ? "," : "", i - 1);
    bomb += "]\n";
  }
  CHECK(!Part(bomb).empty());
  if (Api() == nullptr) return;
  // Three bytes of text for some hundreds of memory.
  std::string many = R"({"healthChecks":[{})";
  for (int i = 0; i < 300'000; ++i) many += ",{}";
  CHECK(Part(many + "]}") == "it is too large: its messages take more than 33554432 bytes");
}

}  // namespace
}  // namespace skyden::resources::envoy
