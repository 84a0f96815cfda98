// SPDX-License-Identifier: Apache-2.0
// A zone of Kuma 3 and a control plane over a real connection. It announces fewer features than
// those of Kuma 2.14 and has fewer types.
#include <catch2/catch.hpp>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "kuma/mesh/v1alpha1/zone_proxies.pb.h"
#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

constexpr char kTls[] = R"("spec":{"rules":[{"default":{"mode":"Strict"}}]})";

FakeZone::Options OptionsOf(KdsEnv& env, const model::TenantScope& scope, const std::string& name) {
  FakeZone::Options options;
  options.name = name;
  options.user_info = env.UserInfo(scope, name);
  options.features = {"zone-token", "hash-suffix", "hg-mz-selector", "producer-policy-flow"};
  options.version = "unknown";
  return options;
}

FakeZone ZoneOfThree(KdsEnv& env, FakeZone::Options options) {
  options.headers = {{"zone-version", "v3"}, {"kds-version", "v3"}};
  return env.Zone(std::move(options));
}
FakeZone ZoneOfThree(KdsEnv& env, const model::TenantScope& scope, const std::string& name) {
  return ZoneOfThree(env, OptionsOf(env, scope, name));
}

// The display names of what `zone` gets of a type at first.
std::set<std::string> FirstOf(FakeZone& zone, const std::string& type) {
  auto down = zone.Sync({type});
  const auto bytes = down->Read();
  REQUIRE(bytes.has_value());
  const Received received = testing::Read(*bytes);
  std::set<std::string> names;
  for (const auto& [name, labels] : received.labels)
    names.insert(labels.at("kuma.io/display-name"));
  return names;
}

// What the control plane says about a message: empty when it has nothing against it.
std::string Objections(FakeStream& up, const std::string& nonce, const std::string& message) {
  REQUIRE(up.Write(message));
  while (true) {
    const auto bytes = up.Read();
    REQUIRE(bytes.has_value());
    const auto request = ScanDeltaRequest(*bytes).value();
    if (request.response_nonce == nonce) return std::string(request.error_message);
  }
}

using Names = std::set<std::string>;

}  // namespace

TEST_CASE("a zone of Kuma 3 gets policies without a top-level targetRef", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  REQUIRE(env.Put(scope, "MeshTLS", "default", "strict", kTls).ok());
  REQUIRE(env.Put(scope, "MeshTrafficPermission", "default", "allow",
                  R"("spec":{"rules":[{"default":{"allow":[{"spiffeID":{"type":"Prefix",)"
                  R"("value":"spiffe://default"}}]}}]})")
              .ok());
  FakeZone third = ZoneOfThree(env, scope, "zone-3");
  CHECK(FirstOf(third, "MeshTLS") == Names{"strict"});
  CHECK(FirstOf(third, "MeshTrafficPermission") == Names{"allow"});
  CHECK(FirstOf(third, "MeshTimeout") ==
        Names{"mesh-timeout-all-default", "mesh-timeout-to-all-default"});

  // Nor does one before 2.10 announce that it can read them, and it cannot.
  FakeZone old = env.Zone(OptionsOf(env, scope, "old"));
  CHECK(FirstOf(old, "MeshTLS").empty());
  CHECK(FirstOf(old, "MeshTimeout") ==
        Names{"mesh-gateways-timeout-all-default", "mesh-timeout-all-default"});

  // A proxy may have lost the header on the way.
  FakeZone::Options options = OptionsOf(env, scope, "released");
  options.version = "3.0.1";
  FakeZone released = env.Zone(options);
  CHECK(FirstOf(released, "MeshTLS") == Names{"strict"});
}

TEST_CASE("zones of both versions hear of the same change, each in its way", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone second = env.NewZone(scope, "zone-2");
  FakeZone third = ZoneOfThree(env, scope, "zone-3");
  auto second_down = second.Sync({"MeshTimeout"});
  auto third_down = third.Sync({"MeshTimeout"});
  const auto next = [](FakeZone& zone, FakeStream& down) {
    const auto bytes = down.Read();
    REQUIRE(bytes.has_value());
    Received received = testing::Read(*bytes);
    REQUIRE(down.Write(zone.Ack(received.type, received.nonce)));
    return received;
  };
  next(second, *second_down);
  next(third, *third_down);
  REQUIRE(
      env.Put(scope, "MeshTimeout", "default", "both",
              R"("spec":{"from":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"1s"}}],)"
              R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"2s"}}]})")
          .ok());
  CHECK(next(second, *second_down).resources.size() == 1);
  CHECK(next(third, *third_down).resources.size() == 2);
  REQUIRE(env.Delete(scope, "MeshTimeout", "default", "both").ok());
  CHECK(next(second, *second_down).removed.size() == 1);
  CHECK(next(third, *third_down).removed.size() == 2);
}

TEST_CASE("a gateway that only its zone has tagged is taken", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = ZoneOfThree(env, scope, "zone-3");
  auto down = zone.Sync({"Mesh"});
  auto up = zone.Open(kUp);
  const auto gateway = [](const std::map<std::string, std::string>& tags) {
    kuma::mesh::v1alpha1::Dataplane dataplane;
    auto& networking = *dataplane.mutable_networking();
    networking.set_address("192.0.2.7");
    auto& tagged = *networking.mutable_gateway();
    for (const auto& [key, value] : tags) (*tagged.mutable_tags())[key] = value;
    auto told = MakeDataplane("edge");
    told.spec = dataplane.SerializeAsString();
    return told;
  };
  CHECK(Objections(*up, "1", Tell("Dataplane", "1", {gateway({{"kuma.io/zone", "zone-9"}})})) ==
        "");
  const auto stored = env.Find(scope, "Dataplane", "default", "edge");
  REQUIRE(stored.has_value());
  kuma::mesh::v1alpha1::Dataplane spec;
  REQUIRE(spec.ParseFromString(stored->spec));
  // Whatever it says, it speaks for itself only.
  CHECK(spec.networking().gateway().tags().at("kuma.io/zone") == "zone-3");
  CHECK(Objections(*up, "2", Tell("Dataplane", "2", {gateway({})})) == "");
  // Whose tags tell more tells which service it is.
  CHECK(Objections(*up, "3",
                   Tell("Dataplane", "3", {gateway({{"kuma.io/zone", "zone-3"}, {"a", "b"}})}))
            .find("mandatory tag \"kuma.io/service\" is missing") != std::string::npos);
}

TEST_CASE("types that a zone has no longer are empty from now on", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  const FakeZone::Options options = OptionsOf(env, scope, "zone-3");
  // What is left of the zone's life with Kuma 2.
  const auto ingress = [] {
    kuma::mesh::v1alpha1::ZoneIngress spec;
    spec.mutable_networking()->set_address("192.0.2.10");
    spec.mutable_networking()->set_port(10001);
    auto told = MakeDataplane("ingress-1", "");
    told.labels.erase("kuma.io/mesh");
    told.spec = spec.SerializeAsString();
    told.spec_type_url = "type.googleapis.com/kuma.mesh.v1alpha1.ZoneIngress";
    return told;
  }();
  {
    FakeZone before = env.Zone(options);
    auto down = before.Sync({"Mesh"});
    auto up = before.Open(kUp);
    CHECK(Objections(*up, "1", Tell("ZoneIngress", "1", {ingress})) == "");
    CHECK(env.List(scope, "ZoneIngress").size() == 1);
  }
  FakeZone zone = ZoneOfThree(env, options);
  auto down = zone.Sync({"Mesh"});
  auto up = zone.Open(kUp);
  int nonce = 0;
  for (const char* type :
       {"MeshGateway", "ZoneEgress", "ZoneEgressInsight", "ZoneIngress", "ZoneIngressInsight"}) {
    const std::string number = std::to_string(++nonce);
    CHECK(Objections(*up, number, Tell(type, number, {})) == "");
    CHECK(env.List(scope, type).empty());
  }
  // It is still there, and is listened to.
  CHECK(Objections(*up, "9", Tell("Dataplane", "9", {MakeDataplane("dp-1")})) == "");
}
