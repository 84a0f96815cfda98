// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/generations.h"

#include <catch2/catch.hpp>
#include <string>

using namespace skyden;
using namespace skyden::resources;

namespace {

const model::TypeRegistry& Registry() {
  static const model::TypeRegistry registry = model::TypeRegistry::LoadEmbedded().value();
  return registry;
}

model::Resource Policy(const std::string& type, const std::string& spec,
                       const std::string& name = "p") {
  model::Resource policy;
  policy.type = Registry().FindByName(type)->id;
  policy.key = {"shop", name};
  policy.spec = spec;
  policy.revision = 7;
  return policy;
}

std::optional<std::vector<Form>> Forms(const model::Resource& policy,
                                       Generation generation = Generation::kThree) {
  return FormsFor(generation, Registry().at(policy.type), policy);
}

// The specs of the forms; the stored one when it is told as it is.
std::vector<std::string> Specs(const model::Resource& policy,
                               Generation generation = Generation::kThree) {
  const auto forms = Forms(policy, generation);
  if (!forms.has_value()) return {policy.spec};
  std::vector<std::string> specs;
  for (const Form& form : *forms) specs.push_back(form.resource.spec);
  return specs;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a version tells the generation", "[generations]") {
  for (const char* third : {"3.0.0", "3.1.0-rc1", "3.0.0-dev.348b6528b", "10.2.0"}) {
    CHECK(GenerationOf(third) == Generation::kThree);
  }
  for (const char* second : {"2.14.3", "2.9.0", "", "dev", "unknown", "3", "v3.0.0", "33333333.1",
                             "0.0.0-preview.vabc"}) {
    CHECK(GenerationOf(second) == Generation::kTwo);
  }
}

TEST_CASE("what all read alike is told as it is stored", "[generations]") {
  for (const Generation generation : {Generation::kTwo, Generation::kThree}) {
    for (const auto& [type, spec] : std::vector<std::pair<std::string, std::string>>{
             {"MeshTimeout", R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{}}]})"},
             {"MeshTimeout", R"({"targetRef":{"kind":"Dataplane"},"rules":[{"default":{}}]})"},
             {"MeshTimeout", R"({"targetRef":{"kind":"Dataplane","labels":{"a":"b"}},"to":[]})"},
             {"MeshHTTPRoute", R"({"to":[{"rules":[{"matches":[]}]}]})"},
             {"MeshFaultInjection", R"({"rules":[{"default":{}}],"to":[{"default":{}}]})"},
             {"MeshTrace", R"({"default":{}})"},
             {"MeshTimeout", "not JSON from \"proxyTypes\""},
             {"MeshTimeout", ""}}) {
      INFO(type << " " << spec);
      CHECK_FALSE(Forms(Policy(type, spec), generation).has_value());
    }
  }
}

TEST_CASE("what is for gateways only is not told to zones without gateways", "[generations]") {
  const auto gateways =
      Policy("MeshRetry", R"({"targetRef":{"kind":"Mesh","proxyTypes":["Gateway"]},)"
                          R"("to":[{"targetRef":{"kind":"Mesh"}}]})");
  CHECK(Specs(gateways) == Lines{});
  CHECK_FALSE(Forms(gateways, Generation::kTwo).has_value());
  for (const char* types : {R"(["Sidecar"])", R"(["Gateway","Sidecar"])", "[]"}) {
    CHECK(Specs(Policy("MeshRetry", R"({"targetRef":{"kind":"Mesh","proxyTypes":)" +
                                        std::string(types) + R"(},"to":[1]})")) ==
          Lines{R"({"targetRef":{"kind":"Mesh"},"to":[1]})"});
  }
}

TEST_CASE("a proxy that is meant by name never becomes every proxy", "[generations]") {
  for (const char* target :
       {R"({"kind":"Dataplane","name":"web"})", R"({"kind":"Dataplane","namespace":"a"})",
        R"({"kind":"Dataplane","name":"web","sectionName":"http"})"}) {
    const auto policy =
        Policy("MeshTimeout", R"({"targetRef":)" + std::string(target) + R"(,"rules":[{}]})");
    CHECK(Specs(policy) == Lines{});
    CHECK_FALSE(Forms(policy, Generation::kTwo).has_value());
  }
}

TEST_CASE("from of everybody becomes rules", "[generations]") {
  const std::string from = R"("from":[{"targetRef":{"kind":"Mesh"},"default":{"a":1}},)"
                           R"({"targetRef":{"kind":"Mesh"},"default":{"a":2}}])";
  const std::string rules = R"("rules":[{"default":{"a":1}},{"default":{"a":2}}])";
  for (const char* type : {"MeshTimeout", "MeshTLS", "MeshAccessLog", "MeshCircuitBreaker"}) {
    INFO(type);
    CHECK(Specs(Policy(type, "{" + from + "}")) == Lines{"{" + rules + "}"});
    CHECK_FALSE(Forms(Policy(type, "{" + from + "}"), Generation::kTwo).has_value());
  }
  // There it must be about proxies.
  CHECK(Specs(Policy("MeshRateLimit",
                     R"({"targetRef":{"kind":"Mesh","proxyTypes":["Sidecar"]},)" + from + "}")) ==
        Lines{R"({"targetRef":{"kind":"Dataplane"},)" + rules + "}"});
  CHECK(Specs(Policy("MeshRateLimit", "{" + from + "}")) ==
        Lines{"{" + rules + R"(,"targetRef":{"kind":"Dataplane"}})"});
  // Several confs would be merged in 2.x, but tried in turn in 3.
  const std::string one = R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{"a":1}}]})";
  CHECK(Specs(Policy("MeshFaultInjection", one)) == Lines{R"({"rules":[{"default":{"a":1}}]})"});
  CHECK(Specs(Policy("MeshFaultInjection", "{" + from + "}")) == Lines{"{}"});
}

TEST_CASE("from of some clients is dropped here, as the zone would", "[generations]") {
  const std::string from =
      R"("from":[{"targetRef":{"kind":"MeshSubset","tags":{"a":"b"}},"default":{}}])";
  // The zone refuses it for having no rules.
  CHECK(Specs(Policy("MeshTrafficPermission", "{" + from + "}")) == Lines{"{}"});
  CHECK(Specs(Policy("MeshTrafficPermission",
                     R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{"action":"Allow"}}]})")) ==
        Lines{"{}"});
  CHECK(Specs(Policy("MeshFaultInjection", "{" + from + "}")) == Lines{"{}"});
}

TEST_CASE("a policy of two halves becomes two policies", "[generations]") {
  auto policy = Policy("MeshTimeout",
                       R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{"a":1}}],"to":[2]})");
  policy.labels["kuma.io/mesh"] = "shop";
  const auto forms = Forms(policy);
  REQUIRE(forms.has_value());
  REQUIRE(forms->size() == 2);
  const Form& first = (*forms)[0];
  CHECK(first.resource.key.name == "p");
  CHECK(first.resource.spec == R"({"rules":[{"default":{"a":1}}]})");
  CHECK(first.kind == Form::Kind::kWhole);
  const Form& twin = (*forms)[1];
  CHECK(twin.resource.key == model::ResourceKey{"shop", "p-outbound"});
  CHECK(twin.resource.spec == R"({"to":[2]})");
  CHECK(twin.kind == Form::Kind::kTwin);
  CHECK(twin.resource.labels == policy.labels);
  CHECK(twin.resource.revision == 7);
  // Its display name goes with it.
  policy.labels["kuma.io/display-name"] = "shown";
  CHECK(Forms(policy)->at(1).resource.labels.at("kuma.io/display-name") == "shown-outbound");
}

TEST_CASE("a circuit breaker with both lists is one policy for Kuma 3, two for 2",
          "[generations]") {
  const auto policy = Policy("MeshCircuitBreaker", R"({"rules":[{"default":{}}],"to":[1]})");
  CHECK_FALSE(Forms(policy).has_value());
  CHECK(Specs(policy, Generation::kTwo) == Lines{R"({"rules":[{"default":{}}]})", R"({"to":[1]})"});
  // `from` beside `to` is fine in 2.x, and rules beside `to` in 3.
  const auto older = Policy("MeshCircuitBreaker",
                            R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{}}],"to":[1]})");
  CHECK_FALSE(Forms(older, Generation::kTwo).has_value());
  CHECK(Specs(older) == Lines{R"({"to":[1],"rules":[{"default":{}}]})"});
}

TEST_CASE("the default timeouts of a mesh become those of Kuma 3", "[generations]") {
  const std::string conf = R"({"connectionTimeout":"5s"})";
  const auto policy = Policy(
      "MeshTimeout",
      R"({"targetRef":{"kind":"Mesh","proxyTypes":["Sidecar"]},"to":[{"targetRef":{"kind":"Mesh"},)"
      R"("default":{}}],"from":[{"targetRef":{"kind":"Mesh"},"default":)" +
          conf + "}]}",
      "mesh-timeout-all-shop");
  const auto forms = Forms(policy);
  REQUIRE(forms.has_value());
  REQUIRE(forms->size() == 2);
  CHECK(forms->at(0).resource.key.name == "mesh-timeout-all-shop");
  CHECK(forms->at(0).resource.spec ==
        R"({"targetRef":{"kind":"Mesh"},"rules":[{"default":)" + conf + "}]}");
  CHECK(forms->at(1).kind == Form::Kind::kDefaultTwin);
  CHECK(forms->at(1).resource.key.name == "mesh-timeout-to-all-shop");
  CHECK(forms->at(1).resource.spec ==
        R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},"default":{}}]})");
}

TEST_CASE("hash policies move to where Kuma 3 has them", "[generations]") {
  const auto spec = [](const std::string& conf) {
    return R"({"to":[{"targetRef":{"kind":"Mesh"},"default":)" + conf + "}]}";
  };
  CHECK(Specs(Policy("MeshLoadBalancingStrategy",
                     spec(R"({"loadBalancer":{"type":"RingHash","ringHash":{"minRingSize":1,)"
                          R"("hashPolicies":[{"type":"SourceIP"},{"type":"Header"}]}}})"))) ==
        Lines{spec(R"({"loadBalancer":{"type":"RingHash","ringHash":{"minRingSize":1}},)"
                   R"("hashPolicies":[{"type":"Connection","connection":{"sourceIP":true}},)"
                   R"({"type":"Header"}]})")});
  CHECK(Specs(Policy(
            "MeshLoadBalancingStrategy",
            spec(R"({"loadBalancer":{"maglev":{"hashPolicies":[1]}},"hashPolicies":[2]})"))) ==
        Lines{spec(R"({"loadBalancer":{"maglev":{}},"hashPolicies":[2]})")});
  // There already.
  CHECK_FALSE(
      Forms(Policy("MeshLoadBalancingStrategy", spec(R"({"hashPolicies":[1]})"))).has_value());
}

TEST_CASE("what a zone names of its own is selected by labels", "[generations]") {
  auto policy = Policy(
      "MeshHTTPRoute",
      R"({"to":[{"targetRef":{"kind":"MeshService","name":"cart"},"rules":[{"default":)"
      R"({"backendRefs":[{"kind":"MeshService","name":"v2","namespace":"other","port":80}]},)"
      R"("matches":[{"headers":[{"name":"x","type":"Exact"}]}]}]}]})");
  // At the control plane itself nobody can say which object is meant: the zone refuses it.
  CHECK_FALSE(Forms(policy).has_value());
  policy.zone = "east";
  policy.labels["k8s.kuma.io/namespace"] = "shop";
  CHECK_FALSE(Forms(policy, Generation::kTwo).has_value());
  const std::string labels =
      R"("labels":{"kuma.io/display-name":"cart","k8s.kuma.io/namespace":"shop",)"
      R"("kuma.io/zone":"east"})";
  const std::string others =
      R"("labels":{"kuma.io/display-name":"v2","k8s.kuma.io/namespace":"other",)"
      R"("kuma.io/zone":"east"})";
  CHECK(Specs(policy) ==
        Lines{R"({"to":[{"targetRef":{"kind":"MeshService",)" + labels +
              R"(},"rules":[{"default":{"backendRefs":[{"kind":"MeshService","port":80,)" + others +
              R"(}]},"matches":[{"headers":[{"name":"x","type":"Exact"}]}]}]}]})"});
}

TEST_CASE("the default of a twin is found by the twin's name", "[generations]") {
  const auto& type = *Registry().FindByName("MeshTimeout");
  const auto of = [&](const std::string& name, Generation generation = Generation::kThree) {
    return DefaultOfTwin(generation, type, {"shop", name});
  };
  CHECK(of("mesh-timeout-to-all-shop") == model::ResourceKey{"shop", "mesh-timeout-all-shop"});
  CHECK_FALSE(of("mesh-timeout-to-all-shop", Generation::kTwo).has_value());
  CHECK_FALSE(of("mesh-timeout-to-all-other").has_value());
  CHECK_FALSE(of("mesh-timeout-all-shop").has_value());
  CHECK_FALSE(DefaultOfTwin(Generation::kThree, *Registry().FindByName("MeshRetry"),
                            {"shop", "mesh-timeout-to-all-shop"})
                  .has_value());
}
