// SPDX-License-Identifier: Apache-2.0
// Zones and a control plane over real connections.
#include <catch2/catch.hpp>
#include <set>

#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

Received Next(FakeStream& stream) {
  const auto bytes = stream.Read();
  REQUIRE(bytes.has_value());
  return testing::Read(*bytes);
}

// Reads `count` first answers and acknowledges them.
std::map<std::string, Received> FirstAnswers(FakeZone& zone, FakeStream& stream, size_t count) {
  std::map<std::string, Received> answers;
  while (answers.size() < count) {
    Received answer = Next(stream);
    REQUIRE(stream.Write(zone.Ack(answer.type, answer.nonce)));
    const std::string type = answer.type;
    CHECK(answers.emplace(type, std::move(answer)).second);
  }
  return answers;
}

std::set<std::string> AskedTypes(FakeStream& up, size_t count) {
  std::set<std::string> types;
  while (types.size() < count) {
    const auto bytes = up.Read();
    REQUIRE(bytes.has_value());
    const auto request = ScanDeltaRequest(*bytes).value();
    CHECK(request.subscribes);
    CHECK(request.response_nonce.empty());
    types.emplace(request.type_url);
  }
  return types;
}

std::string AwaitConfirmation(FakeStream& up, const std::string& nonce, std::string& error) {
  while (true) {
    const auto bytes = up.Read();
    REQUIRE(bytes.has_value());
    const auto request = ScanDeltaRequest(*bytes).value();
    if (request.response_nonce != nonce) continue;
    error = request.error_message;
    return std::string(request.node_id);
  }
}

}  // namespace

TEST_CASE("a zone gets what a new control plane has, and then every change", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Mesh", "MeshTimeout", "Secret", "GlobalSecret", "Config", "MeshTrace"});
  const auto first = FirstAnswers(zone, *down, 6);
  CHECK(first.at("Mesh").resources.count("default.") == 1);
  CHECK(first.at("MeshTimeout").resources.size() == 2);
  CHECK(first.at("MeshTrace").resources.empty());
  // Keys are there although nobody looked at them before.
  CHECK(first.at("Secret").resources.count("dataplane-token-signing-key-default-1.default") == 1);
  const auto& secrets = first.at("GlobalSecret").resources;
  REQUIRE(secrets.count("zone-token-signing-public-key-1.") == 1);
  for (const auto& [name, spec] : secrets) CHECK(spec.find("PRIVATE") == std::string::npos);
  CHECK(first.at("Config").resources.count("kuma-cluster-id.") == 1);

  REQUIRE(env.Put(scope, "MeshTimeout", "default", "t1", TimeoutSpec("7s")).ok());
  const Received created = Next(*down);
  CHECK(created.type == "MeshTimeout");
  REQUIRE(created.resources.size() == 1);
  const auto& [name, spec] = *created.resources.begin();
  CHECK(name == HashedName("default", "t1", {}) + ".default");
  CHECK(spec.find("7s") != std::string::npos);
  REQUIRE(down->Write(zone.Ack("MeshTimeout", created.nonce)));
  REQUIRE(env.Delete(scope, "MeshTimeout", "default", "t1").ok());
  const Received deleted = Next(*down);
  CHECK(deleted.resources.empty());
  CHECK(deleted.removed == std::set<std::string>{name});
}

TEST_CASE("a zone that asks for a policy of commercial builds is told it as it is", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Mesh", "MeshOPA"});
  CHECK(FirstAnswers(zone, *down, 2).at("MeshOPA").resources.empty());
  const std::string spec = R"("spec":{"targetRef":{"kind":"Mesh"},"default":{"anything":[1,"x"]}})";
  REQUIRE(env.Put(scope, "MeshOPA", "default", "o", spec).ok());
  const Received told = Next(*down);
  CHECK(told.type == "MeshOPA");
  REQUIRE(told.resources.size() == 1);
  CHECK(told.resources.begin()->second.find(R"("anything":[1,"x"])") != std::string::npos);
}

TEST_CASE("a new mesh reaches the zones with its signing key", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Secret"});
  FirstAnswers(zone, *down, 1);
  REQUIRE(env.Put(scope, "Mesh", "", "payments").ok());
  std::set<std::string> names;
  while (names.count("dataplane-token-signing-key-payments-1.payments") == 0) {
    const Received next = Next(*down);
    for (const auto& [name, spec] : next.resources) names.insert(name);
    REQUIRE(down->Write(zone.Ack(next.type, next.nonce)));
  }
}

TEST_CASE("a zone is asked for everything it may have, and what it tells is stored", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Mesh"});
  auto up = zone.Open(kUp);
  CHECK(AskedTypes(*up, UpTypes()).count("Dataplane") == 1);

  // Whatever it says of where it is from, it is zone-1's.
  auto dataplane = MakeDataplane("dp-1", "default", "192.0.2.1", "zone-9");
  dataplane.labels["kuma.io/zone"] = "zone-9";
  dataplane.labels["kuma.io/origin"] = "global";
  REQUIRE(up->Write(Tell("Dataplane", "1", {dataplane, MakeDataplane("dp-2")})));
  std::string error;
  CHECK(AwaitConfirmation(*up, "1", error) == "zone-1");
  CHECK(error.empty());
  auto stored = env.Find(scope, "Dataplane", "default", "dp-1");
  REQUIRE(stored.has_value());
  CHECK(stored->zone == "zone-1");
  CHECK(stored->labels.at("kuma.io/zone") == "zone-1");
  CHECK(stored->labels.at("kuma.io/origin") == "zone");
  kuma::mesh::v1alpha1::Dataplane spec;
  REQUIRE(spec.ParseFromString(stored->spec));
  CHECK(spec.networking().inbound(0).tags().at("kuma.io/zone") == "zone-1");

  // Later messages are differences.
  REQUIRE(up->Write(Tell("Dataplane", "2", {MakeDataplane("dp-3")}, {"dp-2.default"})));
  AwaitConfirmation(*up, "2", error);
  CHECK(env.List(scope, "Dataplane").size() == 2);
  CHECK_FALSE(env.Find(scope, "Dataplane", "default", "dp-2").has_value());
}

TEST_CASE("a zone that comes back tells everything, and only differences are written", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  const FakeZone::Options options{.user_info = env.UserInfo(scope, "zone-1")};
  const auto connect = [&] {
    FakeZone zone = env.Zone(options);
    auto down = zone.Sync({"Mesh"});
    auto up = zone.Open(kUp);
    AskedTypes(*up, UpTypes());
    return std::pair(std::move(down), std::move(up));
  };
  std::string error;
  auto first = connect();
  REQUIRE(
      first.second->Write(Tell("Dataplane", "1", {MakeDataplane("dp-1"), MakeDataplane("dp-2")})));
  AwaitConfirmation(*first.second, "1", error);
  const auto revision = env.Find(scope, "Dataplane", "default", "dp-1")->revision;

  auto second = connect();
  REQUIRE(
      second.second->Write(Tell("Dataplane", "1", {MakeDataplane("dp-1"), MakeDataplane("dp-3")})));
  AwaitConfirmation(*second.second, "1", error);
  CHECK(error.empty());
  CHECK(env.Find(scope, "Dataplane", "default", "dp-1")->revision == revision);
  CHECK_FALSE(env.Find(scope, "Dataplane", "default", "dp-2").has_value());
  CHECK(env.Find(scope, "Dataplane", "default", "dp-3").has_value());
}

TEST_CASE("what storing a zone's news and connections reads was planned", "[kds]") {
  KdsEnv env(KdsEnv::Time::kReal,
             [](KdsOptions& options) { options.insight_flush = absl::Milliseconds(20); });
  const auto scope = env.NewControlPlane();
  const FakeZone::Options options{.user_info = env.UserInfo(scope, "zone-1")};
  std::string error;
  for (const char* other : {"dp-2", "dp-3"}) {  // the second time what it had before is gone
    FakeZone zone = env.Zone(options);
    auto down = zone.Sync({"Mesh"});
    auto up = zone.Open(kUp);
    AskedTypes(*up, UpTypes());
    REQUIRE(up->Write(Tell("Dataplane", "1", {MakeDataplane("dp-1"), MakeDataplane(other)})));
    AwaitConfirmation(*up, "1", error);
    REQUIRE(up->Write(Tell("Dataplane", "2",
                           {MakeDataplane("dp-1", "default", "192.0.2.7"), MakeDataplane("dp-4")},
                           {"dp-9.default", std::string(other) + ".default"})));
    AwaitConfirmation(*up, "2", error);
    CHECK(error.empty());
  }
  CHECK(env.List(scope, "Dataplane").size() == 2);
  REQUIRE(env.Eventually([&] { return env.server->OnlineZones(scope).empty(); }));
  env.Restart();  // and closes what was open
  CHECK(env.Find(scope, "ZoneInsight", "", "zone-1").has_value());
  CHECK(env.store->counters().unplanned_reads == 0);
}

TEST_CASE("services of one zone reach the others", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone east = env.NewZone(scope, "east");
  FakeZone west = env.NewZone(scope, "west");
  auto west_down = west.Sync({"MeshService"});
  FirstAnswers(west, *west_down, 1);
  auto east_down = east.Sync({"MeshService"});
  FirstAnswers(east, *east_down, 1);
  auto east_up = east.Open(kUp);
  AskedTypes(*east_up, UpTypes());
  Told service{"ms-1-wz2d9b7z4bcc78wd",
               "default",
               R"({"selector":{"dataplaneTags":{"kuma.io/service":"backend"}},)"
               R"("ports":[{"port":80,"targetPort":80,"appProtocol":"http"}]})",
               R"({"vips":[{"ip":"241.0.0.0"}]})",
               {{"kuma.io/display-name", "ms-1"}, {"kuma.io/mesh", "default"}},
               ""};
  REQUIRE(east_up->Write(Tell("MeshService", "1", {service})));
  std::string error;
  AwaitConfirmation(*east_up, "1", error);
  CHECK(error.empty());
  const Received received = Next(*west_down);
  CHECK(received.resources.size() == 1);
  const auto& labels = received.labels.begin()->second;
  CHECK(labels.at("kuma.io/origin") == "global");
  CHECK(labels.at("kuma.io/zone") == "east");
  CHECK_FALSE(east_down->Read(absl::Milliseconds(200)).has_value());
}

TEST_CASE("control planes do not hear of each other's zones", "[kds]") {
  KdsEnv env;
  const auto a = env.NewControlPlane("a");
  const auto b = env.NewControlPlane("b");
  FakeZone zone_a = env.NewZone(a, "zone-1");
  FakeZone zone_b = env.NewZone(b, "zone-1");
  auto down_a = zone_a.Sync({"MeshTimeout"});
  auto down_b = zone_b.Sync({"MeshTimeout"});
  FirstAnswers(zone_a, *down_a, 1);
  FirstAnswers(zone_b, *down_b, 1);
  REQUIRE(env.Put(a, "MeshTimeout", "default", "of-a", TimeoutSpec()).ok());
  CHECK(Next(*down_a).resources.size() == 1);
  CHECK_FALSE(down_b->Read(absl::Milliseconds(200)).has_value());
  CHECK(env.server->OnlineZones(a) == std::vector<std::string>{"zone-1"});
}

TEST_CASE("a name that another zone has is refused by name, and the rest is stored", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone east = env.NewZone(scope, "east");
  FakeZone west = env.NewZone(scope, "west");
  std::string error;
  auto east_down = east.Sync({"Mesh"});
  auto east_up = east.Open(kUp);
  REQUIRE(east_up->Write(Tell("Dataplane", "1", {MakeDataplane("dp-1")})));
  AwaitConfirmation(*east_up, "1", error);
  auto west_down = west.Sync({"Mesh"});
  auto west_up = west.Open(kUp);
  REQUIRE(west_up->Write(Tell(
      "Dataplane", "1", {MakeDataplane("dp-1", "default", "192.0.2.9"), MakeDataplane("dp-2")})));
  AwaitConfirmation(*west_up, "1", error);
  CHECK(error.find("dp-1") != std::string::npos);
  CHECK(error.find("dp-2") == std::string::npos);
  CHECK(env.Find(scope, "Dataplane", "default", "dp-1")->zone == "east");
  CHECK(env.Find(scope, "Dataplane", "default", "dp-2")->zone == "west");
}

TEST_CASE("zones before 2.6 get their name in front of their resources' names", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone::Options options;
  options.name = "old";
  options.user_info = env.UserInfo(scope, "old");
  options.hash_suffix = false;
  options.features = {};
  FakeZone zone = env.Zone(options);
  auto down = zone.Sync({"MeshCircuitBreaker"});
  const auto first = FirstAnswers(zone, *down, 1);
  CHECK(
      first.at("MeshCircuitBreaker").resources.count("mesh-circuit-breaker-all-default.default") ==
      1);
  auto up = zone.Open(kUp);
  std::string error;
  REQUIRE(up->Write(Tell("Dataplane", "1", {MakeDataplane("dp-1")})));
  AwaitConfirmation(*up, "1", error);
  CHECK(env.Find(scope, "Dataplane", "default", "old.dp-1").has_value());
}

TEST_CASE("a credential in a header opens each call by itself", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone::Options options;
  options.headers = {{"authorization", "Bearer " + env.Provision(scope, "zone-1")}};
  FakeZone zone = env.Zone(options);
  auto up = zone.Open(kUp);  // nothing waits for another call
  CHECK(AskedTypes(*up, UpTypes()).size() == UpTypes());
  auto health = zone.Open(kHealth);
  health->Write("");  // the answer may be here first
  const auto interval = health->Read();
  REQUIRE(interval.has_value());
  CHECK(*interval == std::string("\x0a\x02\x08\x1e", 4));  // 30 s
  CHECK(health->End().ok());
}

TEST_CASE("calls that bring no credential wait for the one that does", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto up = zone.Open(kUp);
  auto health = zone.Open(kHealth);
  health->Write("");  // the answer may be here first
  CHECK_FALSE(up->Read(absl::Milliseconds(100)).has_value());
  auto down = zone.Sync({"Mesh"});
  CHECK(AskedTypes(*up, UpTypes()).size() == UpTypes());
  CHECK(health->Read().has_value());
  CHECK(health->End().ok());
}

TEST_CASE("a zone may have a large configuration and may or may not compress", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  const bool gzip = GENERATE(true, false);
  FakeZone::Options options;
  options.user_info = env.UserInfo(scope, "zone-1");
  options.config_padding = 15'000;
  options.gzip = gzip;
  FakeZone zone = env.Zone(options);
  auto down = zone.Sync({"Mesh", "MeshTimeout"});
  CHECK(FirstAnswers(zone, *down, 2).size() == 2);
}
