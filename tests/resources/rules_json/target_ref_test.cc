// SPDX-License-Identifier: Apache-2.0
// References, through the policies that carry them.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/resources/rules_json/testing.h"

namespace skyden::resources::testing {
namespace {

Problems Top(std::string_view type, std::string_view ref) {
  if (type == "MeshTimeout") {
    return ProblemsOf(type, fmt::format(R"({{"targetRef":{},"rules":[{{"default":{{)"
                                        R"("idleTimeout":"1s"}}}}]}})",
                                        ref));
  }
  return ProblemsOf(type, fmt::format(R"({{"targetRef":{},"to":[]}})", ref));
}

TEST_CASE("each kind of reference takes its own members", "[rules]") {
  const auto top = [](std::string_view ref) { return Top("MeshTimeout", ref); };
  CHECK(top(R"({"kind":"Mesh","proxyTypes":["Gateway"]})").empty());
  CHECK(top(R"({"kind":"Dataplane","labels":{"app":"web"},"sectionName":"http"})").empty());
  CHECK(top(R"({"kind":"MeshSubset","tags":{"version":"2"}})").empty());
  CHECK(top(R"({"kind":"MeshServiceSubset","name":"web","tags":{"version":"*"}})").empty());

  CHECK(top(R"({"kind":"Mesh","name":"m","tags":{"a":"b"},"sectionName":"s"})") ==
        Problems{{"spec.targetRef.name", "using name with kind Mesh is not yet supported"},
                 {"spec.targetRef.tags", "must not be set with kind Mesh"},
                 {"spec.targetRef.sectionName", "must not be set with kind Mesh"}});
  CHECK(top(R"({"kind":"Mesh","proxyTypes":[]})") ==
        Problems{{"spec.targetRef.proxyTypes", "must be undefined or have at least one element"}});
  CHECK(
      top(R"({"kind":"Dataplane","name":"d","labels":{"a":"b"}})") ==
      Problems{{"spec.targetRef.labels", "either labels or name and namespace must be specified"}});
  CHECK(top(R"({"kind":"MeshServiceSubset","tags":{"":""}})") ==
        Problems{{"spec.targetRef.name", "must be set when kind is MeshServiceSubset"},
                 {"spec.targetRef.tags", "tag name must be non-empty"},
                 {"spec.targetRef.tags[\"\"]", "tag value must be non-empty"}});
  CHECK(top(R"({"kind":"MeshSubset","name":"n","tags":{"a b":"*"}})") ==
        Problems{{"spec.targetRef.name", "must not be set with kind MeshSubset"},
                 {"spec.targetRef.tags[\"a b\"]",
                  "tag name must consist of alphanumeric characters, dots, dashes, slashes and "
                  "underscores"},
                 {"spec.targetRef.tags[\"a b\"]",
                  "tag value must consist of alphanumeric characters, dots, dashes and "
                  "underscores"}});
  CHECK(top(R"({"kind":"MeshService"})") ==
        Problems{{"spec.targetRef", "name or labels must be set when kind is MeshService"}});
  CHECK(top(R"({"kind":"MeshService","name":"Web"})") ==
        Problems{{"spec.targetRef.name",
                  "invalid characters: must consist of lower case alphanumeric characters, '-', "
                  "'.' and '_'."}});
}

TEST_CASE("a section of a Dataplane is for policies on what comes in", "[rules]") {
  const char* const ref = R"({"kind":"Dataplane","name":"d","sectionName":"http"})";
  CHECK(Top("MeshTimeout", ref).empty());
  CHECK(Top("MeshHealthCheck", ref) ==
        Problems{{"spec.targetRef.sectionName", "can only be used with inbound policies"}});
}

TEST_CASE("each policy takes its own kinds", "[rules]") {
  const auto kind = [](std::string_view type, std::string_view name) {
    return Top(type, fmt::format(R"({{"kind":"{}","name":"x"}})", name));
  };
  const auto unsupported = [](std::string_view name) {
    return Problems{{"spec.targetRef.kind", fmt::format("value '{}' is not supported", name)}};
  };
  CHECK(kind("MeshRetry", "MeshHTTPRoute").empty());
  CHECK(kind("MeshHealthCheck", "MeshHTTPRoute") == unsupported("MeshHTTPRoute"));
  CHECK(kind("MeshHealthCheck", "MeshGateway").empty());
  CHECK(kind("MeshLoadBalancingStrategy", "MeshExternalService") ==
        unsupported("MeshExternalService"));
  CHECK(kind("MeshTLS", "MeshService") == unsupported("MeshService"));
}

TEST_CASE("tags of a gateway's listener are for policies that know listeners", "[rules]") {
  const char* const ref = R"({"kind":"MeshGateway","name":"edge","tags":{"port":"http"}})";
  CHECK(Top("MeshHealthCheck", ref).empty());
  CHECK(ProblemsOf("MeshTrace",
                   fmt::format(R"({{"targetRef":{},"default":{{"backends":[]}}}})", ref)) ==
        Problems{{"spec.targetRef.tags", "must not be set with kind MeshGateway"}});
}

TEST_CASE("a policy of a Kubernetes namespace takes fewer kinds", "[rules]") {
  const auto in_role = [](std::string_view role) {
    return ProblemsWhenWritten(
        "MeshHTTPRoute",
        fmt::format(R"({{"type":"MeshHTTPRoute","mesh":"default","name":"r","labels":{{)"
                    R"("kuma.io/policy-role":"{}"}},"spec":{{"targetRef":{{)"
                    R"("kind":"MeshGateway","name":"g"}}}}}})",
                    role));
  };
  CHECK(in_role("system").empty());
  CHECK(in_role("consumer") ==
        Problems{{"spec.targetRef.kind", "value 'MeshGateway' is not supported"}});
}

}  // namespace
}  // namespace skyden::resources::testing
