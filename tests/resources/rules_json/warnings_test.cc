// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "resources/json/dropped_members.h"
#include "skyden/base/limits.h"
#include "tests/resources/rules_json/testing.h"

namespace skyden::resources::testing {
namespace {

using Warnings = std::vector<std::string>;

TEST_CASE("old kinds in the top-level reference are deprecated", "[warnings]") {
  CHECK(WarningsOf("MeshRetry", R"({"targetRef":{"kind":"Mesh"}})").empty());
  CHECK(WarningsOf("MeshRetry", R"({"targetRef":{"kind":"MeshSubset","tags":{"a":"b"}}})") ==
        Warnings{"MeshSubset value for 'targetRef.kind' is deprecated, use Dataplane with labels "
                 "instead"});
  CHECK(WarningsOf("MeshRetry", R"({"targetRef":{"kind":"MeshHTTPRoute","name":"r"}})") ==
        Warnings{"MeshHTTPRoute value for 'targetRef.kind' is deprecated, use MeshHTTPRoute in "
                 "spec.to[].targetRef"});
}

TEST_CASE("`from` is deprecated, in each policy's own words", "[warnings]") {
  CHECK(WarningsOf("MeshTLS", R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{}}]})") ==
        Warnings{"'from' field is deprecated, use 'rules' instead"});
  CHECK(WarningsOf("MeshTrafficPermission",
                   R"({"from":[{"targetRef":{"kind":"MeshService","name":"s"},)"
                   R"("default":{"action":"Allow"}}]})") ==
        Warnings{"'from' field is deprecated and will be removed in 3.0, use 'rules' with "
                 "MeshIdentity (spiffeId) instead",
                 "MeshService value for 'from[].targetRef.kind' is deprecated, use MeshSubset "
                 "with 'kuma.io/service' instead"});
}

TEST_CASE("members that moved elsewhere are deprecated", "[warnings]") {
  CHECK(WarningsOf("MeshHealthCheck", R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"tcp":{},)"
                                      R"("healthyPanicThreshold":50}}]})")
            .size() == 1);
  CHECK(WarningsOf("MeshTrace", R"({"default":{"backends":[{"type":"OpenTelemetry",)"
                                R"("openTelemetry":{"endpoint":"c:4317"}}]}})") ==
        Warnings{"openTelemetry.endpoint is deprecated, use openTelemetry.backendRef with a "
                 "MeshOpenTelemetryBackend resource instead"});
  CHECK(WarningsOf("MeshLoadBalancingStrategy",
                   R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"loadBalancer":{)"
                   R"("type":"Maglev","maglev":{"hashPolicies":[{"type":"SourceIP",)"
                   R"("connection":{}}]}}}}]})") ==
        Warnings{"configuration 'spec.to[0].default.loadBalancer.maglev.hashPolicies' is "
                 "deprecated, use 'spec.to[0].default.hashPolicies' instead",
                 "SourceIP type for "
                 "'spec.to[0].default.loadBalancer.maglev.hashPolicies[0].type' is deprecated, "
                 "use Connection instead"});
  CHECK(WarningsOf("MeshRateLimit",
                   R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"local":{"http":{)"
                   R"("onRateLimit":{"status":302}}}}}]})") ==
        Warnings{"'spec.to[0].default.local.http.requestRate.status' must be 400 or higher. "
                 "Please update your configuration."});
}

TEST_CASE("names that do not make good host names are deprecated", "[warnings]") {
  const char* const spec =
      R"({"selector":{"meshService":{"matchLabels":{"a":"b"}}},"ports":[{"port":80}]})";
  CHECK(WarningsOf("MeshMultiZoneService", spec).empty());
  const Warnings warnings = WarningsOf("MeshMultiZoneService", spec, "1web");
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find("Invalid MeshMultiZoneService resource name: '1web'. It does not conform "
                         "to the DNS format (RFC 1035).") == 0);
  const Warnings dotted = WarningsOf("MeshExternalService", R"({"match":{"port":443}})", "a.b");
  REQUIRE(dotted.size() == 2);
  CHECK(dotted[1] ==
        "Invalid MeshExternalService SNI (port \"443\"): name \"a.b\" does not conform to RFC "
        "1123: must not contain dots. This is deprecated.");
}

TEST_CASE("members that a type does not know are told, not only left out", "[warnings]") {
  using Paths = std::vector<std::string>;
  CHECK(
      DroppedOf(
          "MeshTimeout",
          R"({"targetRef":{"kind":"Mesh","x":null,"kinds":"Mesh"},"to":[{"targetRef":)"
          R"({"kind":"Mesh"},"default":{"idleTimeot":"1s","http":{"requestTimeout":"1s","Y":{}}},"z":0}]})") ==
      Paths{"spec.targetRef.kinds", "spec.to[0].default.idleTimeot", "spec.to[0].default.http.Y",
            "spec.to[0].z"});
  // Any case of a known name is known, and free-form members are kept.
  CHECK(DroppedOf("MeshTimeout",
                  R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"idletimeout":"1s"}}]})")
            .empty());
  CHECK(DroppedOf("MeshExternalService",
                  R"({"match":{"port":1},"extension":{"type":"x","config":{"any":1}}})")
            .empty());
  std::string many = R"({"targetRef":{"kind":"Mesh")";
  for (int i = 0; i < 50; ++i) many += ",\"x" + std::to_string(i) + "\":1";
  CHECK(DroppedOf("MeshRetry", many + "}}").size() == base::limits::kDroppedMembersTold);
}

}  // namespace
}  // namespace skyden::resources::testing
