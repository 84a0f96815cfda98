// SPDX-License-Identifier: Apache-2.0
#include "kds/version_rules.h"

#include <catch2/catch.hpp>

#include "tests/kds/dialogue.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;
using resources::Generation;

namespace {

struct Case {
  const char* type;
  const char* spec;
  const char* about;  // part of the reason; empty: taken
  const char* name = "n";
};

// What a zone of Kuma 3 was seen to refuse, and what it takes beside it.
const std::vector<Case> kCases = {
    {"MeshTimeout", R"({"targetRef":{"kind":"Mesh"},"from":[{}]})", "use rules"},
    {"MeshTimeout", R"({"targetRef":{"kind":"Mesh"},"to":[],"from":[{}]})", "use rules"},
    {"MeshTimeout", R"({"from":[{}],"to":[{"targetRef":{"kind":"Mesh"}}]})", ""},
    {"MeshTimeout", R"({"rules":[{"default":{}}]})", ""},
    {"MeshTLS", R"({"from":[{}]})", ""},
    // As rules, it is told them; a proxy by name, it is not told at all.
    {"MeshTimeout", R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{}}]})", ""},
    {"MeshTrafficPermission", R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{}}]})",
     "use rules"},
    {"MeshTimeout", R"({"targetRef":{"kind":"Dataplane","name":"x"},"from":[{}]})", ""},
    // In two, of which it refuses the other.
    {"MeshTimeout",
     R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{}}],)"
     R"("to":[{"targetRef":{"kind":"MeshService","name":"x"}}]})",
     "by labels"},
    {"MeshTrafficPermission", R"({"from":[{}]})", "use rules"},
    {"MeshTrafficPermission", R"({"rules":[{"default":{}}]})", ""},
    {"MeshRateLimit", R"({"from":[{}]})", "use rules"},
    {"MeshFaultInjection", R"({"from":[{}]})", ""},
    {"MeshAccessLog", R"({"to":null})", "use rules"},
    {"MeshTimeout", R"({"targetRef":{"kind":"MeshSubset","tags":{"a":"b"}},"rules":[{}]})",
     "MeshSubset"},
    {"MeshRetry", R"({"targetRef":{"kind":"MeshService","name":"x"},"to":[]})", "MeshService"},
    {"MeshRetry", R"({"targetRef":{"kind":"Dataplane","labels":{"a":"b"}},"to":[]})", ""},
    {"MeshHTTPRoute", R"({"targetRef":{"kind":"MeshGateway","name":"x"}})", "MeshGateway"},
    {"MeshRetry", R"({"to":[{"targetRef":{"kind":"MeshService","name":"x"}}]})", "by labels"},
    {"MeshRetry", R"({"to":[{"targetRef":{"kind":"MeshService","labels":{}}}]})", "by labels"},
    {"MeshRetry", R"({"to":[{"targetRef":{"kind":"MeshService","labels":{"a":"b"}}}]})", ""},
    {"MeshRetry", R"({"to":[{"targetRef":{"kind":"MeshSubset"}}]})", "MeshSubset"},
    {"MeshTCPRoute",
     R"({"to":[{"targetRef":{"kind":"MeshService","labels":{"a":"b"}},"rules":[{"default":)"
     R"({"backendRefs":[{"kind":"MeshServiceSubset","name":"x","tags":{"v":"1"}}]}}]}]})",
     "MeshServiceSubset"},
    {"MeshTrace", R"({"default":{"backends":[{"openTelemetry":{"endpoint":"a:1"}}]}})",
     "MeshOpenTelemetryBackend"},
    {"MeshTrace", R"({"default":{"backends":[{"zipkin":{"url":"http://a"}}]}})", ""},
    {"MeshMetric", R"({"default":{"backends":[{"openTelemetry":{"backendRef":{"kind":"x"}}}]}})",
     ""},
    {"MeshAccessLog",
     R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{"backends":[{"openTelemetry":{}}]}}]})",
     "MeshOpenTelemetryBackend"},
    {"MeshExternalService", R"({"tls":{"verification":{"caCert":{"inline":"YQ=="}}}})", "caCert"},
    {"MeshExternalService",
     R"({"tls":{"verification":{"caCert":{"type":"Secret","secretRef":{}}}}})", ""},
    {"MeshExternalService", R"({"tls":{"enabled":true}})", ""},
    {"MeshExternalService", "{}", "DNS label", "1x"},
    {"Mesh", "", "DNS label", "1mesh"},
    {"Mesh", "", "DNS label", "a.b"},
    {"Mesh", "", "", "a-b1"},
    {"MeshRetry", "{}", "", "1x.y"},
    {"MeshRetry", "not JSON", ""},
    {"Timeout", R"({"targetRef":{"kind":"MeshSubset"}})", ""},
};

std::string Why(Generation generation, const Case& one) {
  const auto& type = *Registry().FindByName(one.type);
  return WhyRefused(generation, type, MakeResource(one.type, "default", one.name, one.spec));
}

}  // namespace

TEST_CASE("what zones of Kuma 3 refuse is known, and only that", "[kds]") {
  for (const Case& one : kCases) {
    INFO(one.type << " " << one.spec);
    const std::string why = Why(Generation::kThree, one);
    CHECK(why.empty() == (*one.about == '\0'));
    CHECK(why.find(one.about) != std::string::npos);
  }
}

TEST_CASE("nothing is known against zones of Kuma 2", "[kds]") {
  CHECK_FALSE(IsChoosy(Generation::kTwo));
  CHECK(IsChoosy(Generation::kThree));
  for (const Case& one : kCases) CHECK(Why(Generation::kTwo, one).empty());
}

TEST_CASE("only zones that are known to bear it are asked again for parts", "[kds]") {
  for (const char* version : {"2.14.0", "2.14.3", "2.15.1-rc1"}) {
    CHECK(TakesDifferencesAfterRefusal(Generation::kTwo, version));
  }
  for (const char* version : {"2.13.9", "2.9.0", "1.20.0", "0.0.0-preview.1", "", "2", "2."}) {
    CHECK_FALSE(TakesDifferencesAfterRefusal(Generation::kTwo, version));
  }
  for (const char* version : {"3.0.0-dev.1", "unknown"}) {
    CHECK(TakesDifferencesAfterRefusal(Generation::kThree, version));
  }
}
