// SPDX-License-Identifier: Apache-2.0
// What zones of Kuma 3 are told of policies that they would read otherwise than those of Kuma 2.
#include <catch2/catch.hpp>

#include "kds/delta_server.h"
#include "tests/kds/dialogue.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

constexpr Features kSecond = kHashSuffix | kMultiZoneSelector | kProducerPolicies;
constexpr Features kThird = kSecond | kOptionalTargetRef | kThirdGeneration;

// A mesh's default timeouts, as they are stored.
std::string DefaultTimeouts(const std::string& idle) {
  return R"({"targetRef":{"kind":"Mesh","proxyTypes":["Sidecar"]},"to":[{"targetRef":)"
         R"({"kind":"Mesh"},"default":{"connectionTimeout":"5s"}}],"from":[{"targetRef":)"
         R"({"kind":"Mesh"},"default":{"idleTimeout":")" +
         idle + R"("}}]})";
}

std::string GatewayTimeouts(const std::string& idle = "5s") {
  return R"({"targetRef":{"kind":"Mesh","proxyTypes":["Gateway"]},"to":[{"targetRef":)"
         R"({"kind":"Mesh"},"default":{"http":{"streamIdleTimeout":")" +
         idle + R"("}}}]})";
}

// Display name -> spec.
std::map<std::string, std::string> ByDisplayName(const Received& received) {
  std::map<std::string, std::string> specs;
  for (const auto& [name, spec] : received.resources) {
    CHECK(specs.emplace(received.labels.at(name).at("kuma.io/display-name"), spec).second);
  }
  return specs;
}

using Specs = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("default timeouts reach a zone of Kuma 3 as that version has them", "[kds]") {
  HandWritten global(kThird);
  global.Put(MakeResource("MeshTimeout", "m", "mesh-timeout-all-m", DefaultTimeouts("2h0m0s")));
  global.Put(MakeResource("MeshTimeout", "m", "mesh-gateways-timeout-all-m", GatewayTimeouts()));
  ZoneDialogue zone;
  zone.Subscribes("MeshTimeout");
  const auto first = zone.Receives(global);
  REQUIRE(first.has_value());
  const std::string to = R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},)"
                         R"("default":{"connectionTimeout":"5s"}}]})";
  CHECK(ByDisplayName(*first) ==
        Specs{{"mesh-timeout-all-m",
               R"({"targetRef":{"kind":"Mesh"},"rules":[{"default":{"idleTimeout":"2h0m0s"}}]})"},
              {"mesh-timeout-to-all-m", to}});
  zone.Acks(*first);

  SECTION("what changes in one half is sent of that half only") {
    global.Put(MakeResource("MeshTimeout", "m", "mesh-timeout-all-m", DefaultTimeouts("1h0m0s")));
    zone.Changed();
    const auto changed = zone.Receives(global);
    REQUIRE(changed.has_value());
    CHECK(
        ByDisplayName(*changed) ==
        Specs{{"mesh-timeout-all-m",
               R"({"targetRef":{"kind":"Mesh"},"rules":[{"default":{"idleTimeout":"1h0m0s"}}]})"}});
    CHECK(changed->removed.empty());
  }
  SECTION("both halves go with the policy") {
    global.Delete("MeshTimeout", "m", "mesh-timeout-all-m");
    zone.Changed();
    const auto gone = zone.Receives(global);
    REQUIRE(gone.has_value());
    CHECK(gone->resources.empty());
    std::set<std::string> names;
    for (const auto& [name, spec] : first->resources) names.insert(name);
    CHECK(gone->removed == names);
  }
  SECTION("a half that is no longer there goes alone") {
    global.Put(MakeResource("MeshTimeout", "m", "mesh-timeout-all-m",
                            R"({"targetRef":{"kind":"Mesh"},"rules":[{"default":{}}]})"));
    zone.Changed();
    const auto changed = zone.Receives(global);
    REQUIRE(changed.has_value());
    CHECK(ByDisplayName(*changed).size() == 1);
    REQUIRE(changed->removed.size() == 1);
    CHECK(changed->removed.begin()->starts_with("mesh-timeout-to-all-m-"));
  }
  SECTION("what is for gateways from now on is taken back") {
    global.Put(MakeResource("MeshTimeout", "m", "mesh-timeout-all-m", GatewayTimeouts()));
    zone.Changed();
    const auto changed = zone.Receives(global);
    REQUIRE(changed.has_value());
    CHECK(changed->resources.empty());
    CHECK(changed->removed.size() == 2);
  }
  SECTION("a change that zones of Kuma 3 cannot see is not sent") {
    global.Put(
        MakeResource("MeshTimeout", "m", "mesh-gateways-timeout-all-m", GatewayTimeouts("6s")));
    zone.Changed();
    CHECK_FALSE(zone.Receives(global).has_value());
  }
}

TEST_CASE("zones of Kuma 2 get what is stored", "[kds]") {
  HandWritten global(kSecond);
  global.Put(MakeResource("MeshTimeout", "m", "mesh-timeout-all-m", DefaultTimeouts("2h0m0s")));
  global.Put(MakeResource("MeshTimeout", "m", "mesh-gateways-timeout-all-m", GatewayTimeouts()));
  ZoneDialogue zone;
  zone.Subscribes("MeshTimeout");
  const auto first = zone.Receives(global);
  REQUIRE(first.has_value());
  CHECK(ByDisplayName(*first) == Specs{{"mesh-timeout-all-m", DefaultTimeouts("2h0m0s")},
                                       {"mesh-gateways-timeout-all-m", GatewayTimeouts()}});
}

TEST_CASE("a policy of the twin's name and the twin do not meet", "[kds]") {
  HandWritten global(kThird);
  const std::string both = R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{}}],"to":[{}]})";
  global.Put(MakeResource("MeshTimeout", "m", "slow", both));
  global.Put(MakeResource("MeshTimeout", "m", "slow-outbound", R"({"to":[{"own":1}]})"));
  ZoneDialogue zone;
  zone.Subscribes("MeshTimeout");
  const auto first = zone.Receives(global);
  REQUIRE(first.has_value());
  CHECK(first->resources.size() == 3);
  zone.Acks(*first);
  global.Delete("MeshTimeout", "m", "slow-outbound");
  zone.Changed();
  const auto gone = zone.Receives(global);
  REQUIRE(gone.has_value());
  CHECK(gone->removed == std::set<std::string>{HashedName("m", "slow-outbound", {}) + ".m"});
}

TEST_CASE("a circuit breaker with rules and to reaches zones of both", "[kds]") {
  const std::string both = R"({"targetRef":{"kind":"Mesh"},"rules":[{"default":{}}],"to":[{}]})";
  for (const Features features : {kSecond, kThird}) {
    HandWritten global(features);
    global.Put(MakeResource("MeshCircuitBreaker", "m", "cb", both));
    ZoneDialogue zone;
    zone.Subscribes("MeshCircuitBreaker");
    const auto first = zone.Receives(global);
    REQUIRE(first.has_value());
    if (features == kThird) {
      CHECK(ByDisplayName(*first) == Specs{{"cb", both}});
    } else {
      CHECK(ByDisplayName(*first) ==
            Specs{{"cb", R"({"targetRef":{"kind":"Mesh"},"rules":[{"default":{}}]})"},
                  {"cb-outbound", R"({"targetRef":{"kind":"Mesh"},"to":[{}]})"}});
    }
  }
}

TEST_CASE("a default's twin has Kuma 3's name, unless another policy bears it", "[kds]") {
  HandWritten global(kThird);
  const std::string name = "mesh-timeout-to-all-m";
  const std::string sent = HashedName("m", name, {}) + ".m";
  const std::string own = R"({"to":[{"own":1}]})";
  const auto to_only = [](const Received& received) {
    std::map<std::string, std::string> specs;
    for (const auto& [full_name, spec] : received.resources) {
      if (spec.find(R"("to":)") != std::string::npos) specs[full_name] = spec;
    }
    return specs;
  };
  global.Put(MakeResource("MeshTimeout", "m", "mesh-timeout-all-m", DefaultTimeouts("1h0m0s")));
  ZoneDialogue zone;
  zone.Subscribes("MeshTimeout");
  auto received = zone.Receives(global);
  REQUIRE(received.has_value());
  const auto first = to_only(*received);
  CHECK(first.count(sent) == 1);
  const std::string half = first.at(sent);
  zone.Acks(*received);

  global.Put(MakeResource("MeshTimeout", "m", name, own));
  zone.Changed();
  received = zone.Receives(global);
  REQUIRE(received.has_value());
  const auto both = to_only(*received);
  REQUIRE(both.size() == 2);
  CHECK(both.at(sent) == own);
  std::string elsewhere;
  for (const auto& [full_name, spec] : both) elsewhere = full_name == sent ? elsewhere : full_name;
  CHECK(both.at(elsewhere) == half);
  zone.Acks(*received);

  global.Delete("MeshTimeout", "m", name);
  zone.Changed();
  received = zone.Receives(global);
  REQUIRE(received.has_value());
  CHECK(received->resources == std::map<std::string, std::string>{{sent, half}});
  CHECK(received->removed.count(elsewhere) == 1);
}
