// SPDX-License-Identifier: Apache-2.0
#include "kds/sync_rules.h"

#include <catch2/catch.hpp>

#include "kds/messages.h"
#include "kds/wire.h"
#include "skyden/base/crypto.h"
#include "tests/kds/dialogue.h"

using namespace std::string_literals;
using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

constexpr Features kAll = kHashSuffix | kMultiZoneSelector | kProducerPolicies | kOptionalTargetRef;

const model::TypeDescriptor& Type(const std::string& name) {
  const auto* type = Registry().FindByName(name);
  REQUIRE(type != nullptr);
  return *type;
}

bool GoesTo(const model::Resource& resource, const std::string& zone, Features features = kAll,
            const ZoneSet& disabled = {}) {
  const auto audience = AudienceOf(Registry().at(resource.type), resource, features, disabled);
  return audience.has_value() && audience->Has(zone);
}

SentResource Encode(const model::Resource& resource, std::string& bytes, Features features = kAll) {
  bytes.clear();
  REQUIRE(AppendResource(Registry().at(resource.type), resource, features, bytes));
  return ScanDeltaResponse(bytes).value().resources.at(0);
}

model::Labels LabelsOf(const SentResource& sent) {
  model::Labels labels;
  for (const auto& [key, value] : sent.labels) labels.emplace(key, value);
  return labels;
}

}  // namespace

TEST_CASE("types go down as Kuma's do", "[kds]") {
  for (const char* name : {"Mesh", "Config", "Secret", "GlobalSecret", "ServiceInsight",
                           "MeshService", "MeshZoneAddress", "ZoneIngress", "MeshTimeout"}) {
    CHECK(Type(name).IsSentToZones());
  }
  for (const char* name : {"Dataplane", "DataplaneInsight", "Zone", "ZoneInsight", "Workload",
                           "ZoneEgress", "MeshInsight"}) {
    CHECK_FALSE(Type(name).IsSentToZones());
  }
}

TEST_CASE("what is internal to a control plane stays there", "[kds]") {
  for (const char* name : {"envoy-admin-ca", "admin-user-token", "inter-cp-ca",
                           "user-token-revocations", "user-token-signing-key-1"}) {
    CHECK_FALSE(GoesTo(MakeResource("GlobalSecret", "", name, ""), "zone-1"));
  }
  CHECK(GoesTo(MakeResource("GlobalSecret", "", "mine", ""), "zone-1"));
  CHECK(GoesTo(MakeResource("Config", "", "kuma-cluster-id", ""), "zone-1"));
  CHECK_FALSE(GoesTo(MakeResource("Config", "", "something-else", ""), "zone-1"));
  auto hidden = MakeResource("MeshTimeout", "default", "t", R"({"targetRef":{"kind":"Mesh"}})");
  hidden.labels["kuma.io/kds-sync"] = "disabled";
  CHECK_FALSE(GoesTo(hidden, "zone-1"));
}

TEST_CASE("a zone that cannot read a resource does not get it", "[kds]") {
  const auto plain =
      MakeResource("MeshTimeout", "default", "t", R"({"targetRef":{"kind":"Mesh"}})");
  const auto sugared = MakeResource("MeshTimeout", "default", "t", R"({"to":[]})");
  CHECK(GoesTo(plain, "zone-1", kAll & ~kOptionalTargetRef));
  CHECK(GoesTo(sugared, "zone-1"));
  CHECK_FALSE(GoesTo(sugared, "zone-1", kAll & ~kOptionalTargetRef));
  const auto selector =
      MakeResource("HostnameGenerator", "", "hg", R"({"selector":{"meshMultiZoneService":{}}})");
  CHECK(GoesTo(selector, "zone-1"));
  CHECK_FALSE(GoesTo(selector, "zone-1", kAll & ~kMultiZoneSelector));
}

TEST_CASE("a zone of Kuma 3 is told by its header or its version", "[kds]") {
  constexpr Features kThird = kThirdGeneration | kOptionalTargetRef;
  CHECK(FeaturesOfVersion("v3", "") == kThird);
  CHECK(FeaturesOfVersion("v3", "unknown") == kThird);
  CHECK(FeaturesOfVersion("", "3.0.1") == kThird);
  CHECK(FeaturesOfVersion("v4", "dev") == kThird);
  for (const char* header : {"", "v2", "v", "3", "v3x", "vv3", "v99999999999"}) {
    CHECK(FeaturesOfVersion(header, "2.14.3") == 0);
  }
}

TEST_CASE("what zones make is shared only where it is meant to be", "[kds]") {
  CHECK_FALSE(GoesTo(MakeResource("HostnameGenerator", "", "hg", "{}", "zone-2"), "zone-1"));
  CHECK_FALSE(GoesTo(MakeResource("MeshExternalService", "m", "e", "{}", "zone-2"), "zone-1"));
  const auto service = MakeResource("MeshService", "m", "s", "{}", "zone-2");
  CHECK(GoesTo(service, "zone-1"));
  CHECK_FALSE(GoesTo(service, "zone-2"));
  CHECK_FALSE(GoesTo(service, "zone-1", kAll, ZoneSet{"zone-2"}));
  auto old = MakeResource("ZoneIngress", "", "zone-2.ingress", "", "zone-2");
  old.labels.erase("kuma.io/zone");
  CHECK(GoesTo(old, "zone-1"));
  CHECK_FALSE(GoesTo(old, "zone-2"));
}

TEST_CASE("only a producer's policy crosses zones", "[kds]") {
  const auto policy = [](const std::string& spec) {
    auto made = MakeResource("MeshTimeout", "m", "p", spec, "zone-2");
    made.labels["kuma.io/policy-role"] = "producer";
    made.labels["k8s.kuma.io/namespace"] = "shop";
    return made;
  };
  const std::string mine = R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":)"
                           R"({"kind":"MeshService","name":"cart"}}]})";
  CHECK(GoesTo(policy(mine), "zone-1"));
  CHECK_FALSE(GoesTo(policy(mine), "zone-1", kAll & ~kProducerPolicies));
  auto unlabelled = policy(mine);
  unlabelled.labels.erase("kuma.io/policy-role");
  CHECK_FALSE(GoesTo(unlabelled, "zone-1"));
  auto homeless = policy(mine);
  homeless.labels.erase("k8s.kuma.io/namespace");
  CHECK_FALSE(GoesTo(homeless, "zone-1"));
  // It says producer, but its items do not.
  const std::string begin = R"({"targetRef":{"kind":"Mesh"},"to":[)";
  for (const char* rest :
       {R"(]})", R"({"targetRef":{"kind":"Mesh"}}]})",
        R"({"targetRef":{"kind":"MeshService","name":"cart","namespace":"other"}}]})",
        R"({"targetRef":{"kind":"MeshService","labels":{"a":"b"}}}]})",
        R"({"targetRef":{"kind":"MeshService","name":"cart"}},{"targetRef":{"kind":"Mesh"}}]})",
        R"({"targetRef":{"kind":"MeshService","name":"cart"}}],"from":[{}]})"}) {
    INFO(rest);
    CHECK_FALSE(GoesTo(policy(begin + rest), "zone-1"));
  }
  // As Kuma 3 says it: by labels that mean one object of that namespace.
  for (const char* labels : {R"({"kuma.io/display-name":"cart"})",
                             R"({"kuma.io/display-name":"cart","k8s.kuma.io/namespace":"shop"})",
                             R"({"k8s.kuma.io/namespace":"","kuma.io/display-name":"cart"})"}) {
    INFO(labels);
    for (const char* kind : {"MeshService", "MeshHTTPRoute"}) {
      CHECK(GoesTo(
          policy(R"({"to":[{"targetRef":{"kind":")" + std::string(kind) + R"(","labels":)" +
                 labels + R"(}},)" + mine.substr(mine.find(R"({"targetRef":{"kind":"MeshS)"))),
          "zone-1"));
    }
  }
  for (const char* labels :
       {"{}", "null", R"({"k8s.kuma.io/namespace":"shop"})", R"({"kuma.io/display-name":""})",
        R"({"kuma.io/display-name":"cart","k8s.kuma.io/namespace":"other"})",
        R"({"kuma.io/display-name":"cart","kuma.io/zone":"zone-2"})",
        R"({"kuma.io/display-name":"cart","team":"a"})"}) {
    INFO(labels);
    CHECK_FALSE(GoesTo(policy(R"({"to":[{"targetRef":{"kind":"MeshService","labels":)" +
                              std::string(labels) + R"(}}]})"),
                       "zone-1"));
  }
  CHECK_FALSE(GoesTo(policy(R"({"to":[{"targetRef":{"kind":"MeshMultiZoneService",)"
                            R"("labels":{"kuma.io/display-name":"cart"}}}]})"),
                     "zone-1"));
  // Its own targetRef may name the one zone that it is for.
  const std::string to_one =
      R"({"targetRef":{"kind":"MeshSubset","tags":{"kuma.io/zone":"zone-3"}},)"
      R"("to":[{"targetRef":{"kind":"MeshHTTPRoute","name":"r","namespace":"shop"}}]})";
  CHECK_FALSE(GoesTo(policy(to_one), "zone-1"));
  CHECK(GoesTo(policy(to_one), "zone-3"));
}

TEST_CASE("a resource is sent under its hashed name, its display name kept", "[kds]") {
  auto timeout = MakeResource("MeshTimeout", "payments", "slow", R"({"a":1})");
  timeout.labels = {{"team", "pay"}};
  std::string bytes;
  const SentResource sent = Encode(timeout, bytes);
  CHECK(sent.name == "slow-b2vv7429596dd484");
  CHECK(sent.mesh == "payments");
  CHECK(LabelsOf(sent) == model::Labels{{"kuma.io/display-name", "slow"},
                                        {"kuma.io/origin", "global"},
                                        {"team", "pay"}});
  CHECK(sent.spec_type_url.empty());
  CHECK(sent.spec == R"({"a":1})");

  std::string unhashed;
  const SentResource old = Encode(timeout, unhashed, 0);
  CHECK(old.name == "slow");
  CHECK(LabelsOf(old).count("kuma.io/display-name") == 0);
}

TEST_CASE("a spec is never empty on the wire", "[kds]") {
  std::string bytes;
  CHECK(Encode(MakeResource("MeshTrust", "m", "t", ""), bytes).spec == "{}");
  const SentResource mesh = Encode(MakeResource("Mesh", "", "default", ""), bytes);
  CHECK(mesh.spec_type_url == "type.googleapis.com/kuma.mesh.v1alpha1.Mesh");
  CHECK(mesh.name == "default");
}

TEST_CASE("zones get the public half of the zone token key", "[kds]") {
  const std::string key = base::GenerateRsaKeyPem(2048).value();
  std::string data, spec;
  wire::AppendBytes(data, 1, key);
  wire::AppendBytes(spec, 1, data);
  std::string bytes;
  const auto secret = MakeResource("GlobalSecret", "", "zone-token-signing-key-1", spec);
  const SentResource sent = Encode(secret, bytes);
  CHECK(sent.name == "zone-token-signing-public-key-1");
  CHECK(LabelsOf(sent).at("kuma.io/display-name") == "zone-token-signing-key-1");
  CHECK(wire::FindBytes(wire::FindBytes(sent.spec, 1), 1) == base::RsaPublicKeyPem(key).value());
  CHECK(bytes.find("PRIVATE") == std::string::npos);
  CHECK(sent.spec_type_url == "type.googleapis.com/kuma.system.v1alpha1.Secret");

  std::string nothing;
  CHECK_FALSE(AppendResource(Type("GlobalSecret"),
                             MakeResource("GlobalSecret", "", "zone-token-signing-key-2", "x"),
                             kAll, nothing));
  CHECK(nothing.empty());
}

TEST_CASE("a zone is enabled unless it says otherwise", "[kds]") {
  CHECK(ZoneIsEnabled(""));
  CHECK(ZoneIsEnabled("\x0a\x02\x08\x01"s));
  CHECK_FALSE(ZoneIsEnabled("\x0a\x02\x08\x00"s));
  CHECK_FALSE(ZoneIsEnabled("\x0a\x00"s));
}
