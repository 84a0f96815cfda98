// SPDX-License-Identifier: Apache-2.0
// Fields of policies that are gone or moved.
#include <catch2/catch.hpp>
#include <string>

#include "tests/upgrade/testing.h"

namespace skyden::upgrade {
namespace {

using testing::Surveyed;

// A MeshHTTPRoute `r` with one rule, beside a MeshService `web` with port 80.
Surveyed Route(const std::string& conf, const std::string& members = "") {
  return Surveyed()
      .Add("MeshService", "web", R"({"ports":[{"port":80}]})")
      .Add("MeshHTTPRoute", "r",
           R"({"to":[{"targetRef":{"kind":"Mesh"},)" + members +
               R"("rules":[{"matches":[],"default":)" + conf + "}]}]}");
}

TEST_CASE("backends of routes must be there", "[upgrade]") {
  constexpr char kRule[] = "MeshHTTPRoute/r spec.to[0].rules[0].default.";
  const auto to = [](const std::string& backend) { return R"({"backendRefs":[)" + backend + "]}"; };
  const auto web = [](const char* port) {
    return std::string(R"({"kind":"MeshService","labels":{"kuma.io/display-name":"web"},"port":)") +
           port + "}";
  };
  testing::Check(
      {{"one that is", Route(to(web("80"))), "", std::nullopt},
       {"a port that is not", Route(to(web("81"))),
        "backend-nowhere person " + std::string(kRule) + "backendRefs[0]\n", std::nullopt},
       {"a mirror that is not",
        Route(R"({"filters":[{"type":"RequestMirror","requestMirror":{"backendRef":)"
              R"({"kind":"MeshService","labels":{"no":"such"}}}}]})"),
        "backend-nowhere person " + std::string(kRule) + "filters[0].requestMirror.backendRef\n",
        std::nullopt},
       {"a kind that is gone", Route(to(R"({"kind":"MeshServiceSubset","name":"web"})")),
        "backend-kind person " + std::string(kRule) + "backendRefs[0].kind\n", std::nullopt}});
}

TEST_CASE("hostnames of routes go", "[upgrade]") {
  testing::Check({{"both of them",
                   Route(R"({"filters":[{"type":"URLRewrite",)"
                         R"("urlRewrite":{"hostToBackendHostname":true}}]})",
                         R"("hostnames":["a.example"],)"),
                   "route-hostnames person MeshHTTPRoute/r spec.to[0].hostnames\n"
                   "route-hostnames person MeshHTTPRoute/r spec.to[0].rules[0].default.filters[0]"
                   ".urlRewrite.hostToBackendHostname\n",
                   std::nullopt}});
}

TEST_CASE("OpenTelemetry endpoints become backends", "[upgrade]") {
  const auto trace = [](const std::string& otel) {
    return R"({"default":{"backends":[{"type":"OpenTelemetry","openTelemetry":)" + otel + "}]}}";
  };
  constexpr char kField[] = "MeshTrace/t spec.default.backends[0].openTelemetry.endpoint\n";
  testing::Check(
      {{"host and port",
        Surveyed().Add("MeshTrace", "t", trace(R"({"endpoint":"otel.example:4318"})")),
        "otel-endpoint upgrade " + std::string(kField),
        R"(MeshOpenTelemetryBackend/mtr-t {"labels":{"kuma.io/display-name":"mtr-t"},"spec":{"endpoint":{"address":"otel.example",)"
        R"("port":4318},"protocol":"grpc"}})"
        "\nMeshTrace/t {\"spec\":" +
            trace(R"({"backendRef":{"kind":"MeshOpenTelemetryBackend",)"
                  R"("labels":{"kuma.io/display-name":"mtr-t"}}})") +
            "}\n"},
       {"more than that", Surveyed().Add("MeshTrace", "t", trace(R"({"endpoint":"http://a/v1"})")),
        "otel-endpoint person " + std::string(kField),
        "MeshTrace/t {\"spec\":" + trace("{}") + "}\n"}});
}

TEST_CASE("what moved to another place is told, and moved where it can be", "[upgrade]") {
  const auto to = [](const std::string& conf) {
    return R"({"to":[{"targetRef":{"kind":"Mesh"},"default":)" + conf + "}]}";
  };
  testing::Check(
      {{"the panic threshold",
        Surveyed().Add("MeshHealthCheck", "h", to(R"({"healthyPanicThreshold":30})")),
        "panic-threshold person MeshHealthCheck/h spec.to[0].default.healthyPanicThreshold\n"},
       {"hash policies",
        Surveyed().Add("MeshLoadBalancingStrategy", "l",
                       to(R"({"loadBalancer":{"type":"RingHash","ringHash":{)"
                          R"("hashPolicies":[{"type":"SourceIP"}]}}})")),
        "hash-policies upgrade MeshLoadBalancingStrategy/l "
        "spec.to[0].default.loadBalancer.ringHash.hashPolicies\n",
        "MeshLoadBalancingStrategy/l {\"spec\":" +
            to(R"({"loadBalancer":{"type":"RingHash","ringHash":{}},"hashPolicies":)"
               R"([{"type":"Connection","connection":{"sourceIP":true}}]})") +
            "}\n"},
       {"the origin of a trust",
        Surveyed().Add("MeshTrust", "t", R"({"trustDomain":"a.example","origin":{"kri":"x"}})"),
        "trust-origin upgrade MeshTrust/t spec.origin\n",
        "MeshTrust/t {\"spec\":{\"trustDomain\":\"a.example\"}}\n"}});
}

}  // namespace
}  // namespace skyden::upgrade
