// SPDX-License-Identifier: Apache-2.0
// What a control plane knows of its zones' connections.
#include <catch2/catch.hpp>

#include "kuma/system/v1alpha1/zone_insight.pb.h"
#include "server/services.h"
#include "skyden/store/tenant_tx.h"
#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

using Insight = kuma::system::v1alpha1::ZoneInsight;

Insight InsightOf(KdsEnv& env, const model::TenantScope& scope, const std::string& zone) {
  Insight insight;
  const auto stored = env.Find(scope, "ZoneInsight", "", zone);
  if (stored.has_value()) {
    REQUIRE(insight.ParseFromString(stored->spec));
  }
  return insight;
}

bool IsOnline(const Insight& insight) {
  for (const auto& subscription : insight.subscriptions()) {
    if (subscription.has_connect_time() && !subscription.has_disconnect_time()) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a zone is online as soon as it connects and offline as soon as it goes", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Mesh"});
  REQUIRE(env.Eventually([&] { return IsOnline(InsightOf(env, scope, "zone-1")); }));
  const Insight online = InsightOf(env, scope, "zone-1");
  const auto& subscription = online.subscriptions(0);
  CHECK(subscription.global_instance_id() == env.services().instance_id);
  CHECK(subscription.zone_instance_id() == "zone-1-abcd");
  CHECK(subscription.version().kumacp().version() == "2.14.3");
  CHECK_FALSE(subscription.auth_token_provided());
  CHECK(subscription.config().find("globalAddress") != std::string::npos);
  CHECK(subscription.config().find("sksat_") == std::string::npos);
  CHECK(online.kds_streams().has_global_to_zone());
  CHECK(env.server->OnlineZones(scope) == std::vector<std::string>{"zone-1"});

  down = nullptr;
  REQUIRE(env.Eventually([&] { return !IsOnline(InsightOf(env, scope, "zone-1")); }));
  CHECK(env.server->OnlineZones(scope).empty());
}

TEST_CASE("counters are written together, some time after they counted", "[kds]") {
  KdsEnv env(KdsEnv::Time::kReal,
             [](KdsOptions& options) { options.insight_flush = absl::Milliseconds(50); });
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Mesh", "MeshTrace"});
  for (int i = 0; i < 2; ++i) {
    const Received answer = testing::Read(down->Read().value());
    REQUIRE(down->Write(zone.Ack(answer.type, answer.nonce, answer.type == "Mesh" ? "no" : "")));
  }
  REQUIRE(env.Eventually([&] {
    const Insight insight = InsightOf(env, scope, "zone-1");
    if (insight.subscriptions_size() == 0) return false;
    const auto& status = insight.subscriptions(0).status();
    return status.total().responses_sent() == 2 && status.total().responses_rejected() == 1 &&
           status.total().responses_acknowledged() == 1 && status.stat().size() == 2 &&
           status.stat().at("Mesh").responses_rejected() == 1;
  }));
  CHECK(env.server->counters().nacks == 1);
}

TEST_CASE("a heartbeat alone is not written", "[kds]") {
  KdsEnv env(KdsEnv::Time::kReal,
             [](KdsOptions& options) { options.insight_flush = absl::Milliseconds(1); });
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({});
  REQUIRE(down->Write(zone.Subscribe("Mesh")));
  const auto beat = [&] {
    auto health = zone.Open(kHealth);
    // The answer does not wait for the question, which has nothing in it: it may be here first.
    health->Write("");
    REQUIRE(health->Read().has_value());
    REQUIRE(health->End().ok());
  };
  REQUIRE(env.Eventually([&] { return IsOnline(InsightOf(env, scope, "zone-1")); }));
  beat();  // the first one is
  REQUIRE(env.Eventually([&] { return InsightOf(env, scope, "zone-1").has_health_check(); }));
  const auto commits = env.store->counters().commits;
  for (int i = 0; i < 20; ++i) beat();
  // What was left to say of the first response, at most, in more than one piece.
  CHECK(env.store->counters().commits <= commits + 3);
}

TEST_CASE("zones that the token is good for are made when they connect", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  // As if it had been made by hand and lost: the credential stays good.
  const auto removed = env.store->Write(scope, [&](store::WriteTx& tx) {
    return tx.DeleteResource(Registry().FindByName("Zone")->id, {"", "zone-1"});
  });
  REQUIRE(removed.ok());
  auto down = zone.Sync({"Mesh"});
  REQUIRE(env.Eventually([&] { return env.Find(scope, "Zone", "", "zone-1").has_value(); }));
  CHECK(ZoneIsEnabled(env.Find(scope, "Zone", "", "zone-1")->spec));
}

TEST_CASE("what a daemon that died left open is closed by the next", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  Insight insight;
  auto& subscription = *insight.add_subscriptions();
  subscription.set_id("left-open");
  subscription.mutable_connect_time()->set_seconds(1);
  const auto written = env.store->Write(scope, [&](store::WriteTx& tx) {
    model::Resource resource;
    resource.type = Registry().FindByName("ZoneInsight")->id;
    resource.key = {"", "zone-1"};
    resource.spec = insight.SerializeAsString();
    return tx.PutResource(resource);
  });
  REQUIRE(written.ok());
  REQUIRE(IsOnline(InsightOf(env, scope, "zone-1")));
  env.Restart();
  CHECK_FALSE(IsOnline(InsightOf(env, scope, "zone-1")));
}

TEST_CASE("draining sends zones away so that they come back, and says they are offline", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto down = zone.Sync({"Mesh"});
  auto up = zone.Open(kUp);
  auto stats = zone.Open(kStats);
  REQUIRE(down->Read().has_value());
  REQUIRE(up->Read().has_value());
  REQUIRE(env.Eventually([&] { return IsOnline(InsightOf(env, scope, "zone-1")); }));
  env.server->Drain(absl::Seconds(10));
  CHECK(down->End().error_code() == grpc::StatusCode::UNAVAILABLE);
  while (up->Read().has_value()) {
  }
  CHECK(up->End().error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK(stats->End().error_code() == grpc::StatusCode::UNAVAILABLE);
  CHECK_FALSE(IsOnline(InsightOf(env, scope, "zone-1")));
}
