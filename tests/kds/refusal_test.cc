// SPDX-License-Identifier: Apache-2.0
// Who may not come in, and who must leave.
#include <algorithm>
#include <catch2/catch.hpp>

#include "skyden/identity/tokens.h"
#include "skyden/store/directory_tx.h"
#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

using grpc::StatusCode;

struct Outcome {
  grpc::Status status;
  bool got_resources = false;
};

// Connects and says what came of it.
Outcome Connect(FakeZone zone) {
  Outcome outcome;
  auto down = zone.Sync({"Mesh", "Secret"});
  outcome.got_resources = down->Read().has_value();
  if (!outcome.got_resources) outcome.status = down->End();
  return outcome;
}

// `listed`: in the control plane's list, for a credential of its own was shown.
void RequireRefused(KdsEnv& env, const model::TenantScope& scope, const FakeZone::Options& options,
                    StatusCode code, const std::string& words, bool listed = true) {
  const auto before = env.server->Rejected(scope).size();
  const auto count = env.server->counters().rejected_connections;
  const Outcome outcome = Connect(env.Zone(options));
  INFO(outcome.status.error_message());
  CHECK_FALSE(outcome.got_resources);
  CHECK(outcome.status.error_code() == code);
  CHECK(outcome.status.error_message().find(words) != std::string::npos);
  CHECK(env.server->counters().rejected_connections == count + 1);
  const auto rejected = env.server->Rejected(scope);
  REQUIRE(rejected.size() == before + (listed ? 1 : 0));
  if (listed) CHECK(rejected.front().reason == outcome.status.error_message());
}

}  // namespace

TEST_CASE(
    "a zone without a valid credential is turned away with the reason, which only the owner of "
    "what it has shown is told",
    "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane("a");
  const auto other = env.NewControlPlane("b");
  const std::string id = scope.control_plane().str();
  const std::string good = env.Provision(scope, "zone-1");
  const std::string of_other = env.Provision(other, "zone-1");
  const std::string of_zone_2 = env.Provision(scope, "zone-2");
  const std::string unknown = identity::GenerateToken(identity::TokenKind::kSystemAccount).text;

  FakeZone::Options options;
  RequireRefused(env, scope, options, StatusCode::UNAUTHENTICATED, "no credential",
                 /*listed=*/false);
  options.user_info = id + ":nonsense";
  RequireRefused(env, scope, options, StatusCode::UNAUTHENTICATED, "", false);
  options.user_info = id + ":" + unknown;
  RequireRefused(env, scope, options, StatusCode::UNAUTHENTICATED, "", false);
  // The public part of a token, with another's secret.
  options.user_info =
      id + ":" + good.substr(0, good.rfind('_')) + unknown.substr(unknown.rfind('_'));
  RequireRefused(env, scope, options, StatusCode::UNAUTHENTICATED, "", false);
  CHECK(env.server->Rejected(other).empty());
  options.user_info = id + ":" + of_other;
  RequireRefused(env, scope, options, StatusCode::PERMISSION_DENIED, "", false);
  CHECK(env.server->Rejected(other).size() == 1);
  options.user_info = id + ":" + of_zone_2;
  RequireRefused(env, scope, options, StatusCode::PERMISSION_DENIED, "zone-2");
  options.user_info = "not-an-id:" + good;
  RequireRefused(env, scope, options, StatusCode::UNAUTHENTICATED, "control plane", false);
  options.user_info.clear();
  options.headers = {{"authorization", "Bearer nonsense"}, {"x-control-plane-id", id}};
  RequireRefused(env, scope, options, StatusCode::UNAUTHENTICATED, "", false);

  options.headers.clear();
  options.user_info = id + ":" + good;
  CHECK(Connect(env.Zone(options)).got_resources);
  CHECK(env.server->Rejected(other).size() == 1);
  CHECK(env.server->AllRejected().size() > env.server->Rejected(scope).size());
}

TEST_CASE("a zone whose names do not fit its token is turned away", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone::Options options;
  const std::string token = env.Provision(scope, "zone-1");
  options.headers = {{"authorization", token}, {"x-control-plane-id", scope.control_plane().str()}};
  SECTION("no client-id") {
    options.client_id = "-";
    RequireRefused(env, scope, options, StatusCode::PERMISSION_DENIED, "client-id", false);
  }
  SECTION("a client-id that is not a zone's name") {
    options.client_id = "Zone_1";
    RequireRefused(env, scope, options, StatusCode::PERMISSION_DENIED, "client-id", false);
  }
  SECTION("another zone's client-id") {
    options.client_id = "zone-2";
    RequireRefused(env, scope, options, StatusCode::PERMISSION_DENIED, "zone-1");
  }
  SECTION("a second authorization header, be it the same") {
    options.headers.emplace_back("authorization", token);
    RequireRefused(env, scope, options, StatusCode::UNAUTHENTICATED, "more than one", false);
  }
  SECTION("no node.id") {
    options.node_id = "-";
    RequireRefused(env, scope, options, StatusCode::PERMISSION_DENIED, "node.id");
  }
  SECTION("another node.id") {
    options.node_id = "zone-2";
    RequireRefused(env, scope, options, StatusCode::PERMISSION_DENIED, "node.id");
  }
}

TEST_CASE("calls that waited are refused with the one that brought the credential", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone::Options options;
  options.user_info = scope.control_plane().str() + ":wrong";
  FakeZone zone = env.Zone(options);
  auto up = zone.Open(kUp);
  auto stats = zone.Open(kStats);
  auto down = zone.Sync({"Mesh"});
  CHECK(down->End().error_code() == StatusCode::UNAUTHENTICATED);
  CHECK(up->End().error_code() == StatusCode::UNAUTHENTICATED);
  CHECK(stats->End().error_code() == StatusCode::UNAUTHENTICATED);
  CHECK(env.server->counters().rejected_connections == 1);
}

TEST_CASE("a call that no credential ever comes for is refused after a while", "[kds]") {
  KdsEnv env(KdsEnv::Time::kManual);
  FakeZone zone = env.Zone({});
  auto up = zone.Open(kUp);
  // The call is waiting once its connection is known.
  REQUIRE(env.RunUntil([&] { return env.server->counters().streams == 1; }));
  env.manual().RunAll();
  env.manual().Advance(absl::Seconds(9));
  CHECK(env.server->counters().streams == 1);
  // A second more, or as many as it began to wait later than it was counted.
  REQUIRE(env.RunUntil([&] {
    env.manual().Advance(absl::Seconds(1));
    return env.server->counters().streams == 0;
  }));
  CHECK(up->End().error_code() == StatusCode::UNAUTHENTICATED);
}

TEST_CASE("of two connections of a zone the newest stays", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone::Options options;
  options.user_info = env.UserInfo(scope, "zone-1");
  FakeZone older = env.Zone(options), newer = env.Zone(options);
  auto older_down = older.Sync({"Mesh"});
  auto older_up = older.Open(kUp);
  REQUIRE(older_down->Read().has_value());
  REQUIRE(older_up->Read().has_value());
  auto newer_down = newer.Sync({"Mesh"});
  auto newer_up = newer.Open(kUp);
  REQUIRE(newer_down->Read().has_value());
  REQUIRE(newer_up->Read().has_value());
  CHECK(older_down->End().error_code() == StatusCode::UNAVAILABLE);
  while (older_up->Read().has_value()) {
  }
  CHECK(older_up->End().error_code() == StatusCode::UNAVAILABLE);
  CHECK(env.server->OnlineZones(scope) == std::vector<std::string>{"zone-1"});
  // The newer one works.
  REQUIRE(newer_down->Write(newer.Ack("Mesh", "1")));
  REQUIRE(env.Put(scope, "Mesh", "", "another").ok());
  CHECK(newer_down->Read().has_value());
}

TEST_CASE("a revoked credential ends its zone's streams, and no others", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone one = env.NewZone(scope, "zone-1");
  FakeZone two = env.NewZone(scope, "zone-2");
  auto one_down = one.Sync({"Mesh"});
  auto one_up = one.Open(kUp);
  auto two_down = two.Sync({"Mesh"});
  REQUIRE(one_down->Read().has_value());
  REQUIRE(one_up->Read().has_value());
  REQUIRE(two_down->Read().has_value());
  const std::string token = one.options().user_info.substr(one.options().user_info.find(':') + 1);
  const model::TokenId id = identity::ParseToken(token)->id;
  REQUIRE(env.store
              ->WriteDirectory(
                  model::SystemScope::For("test").In(env.organization),
                  [&](store::DirectoryTx& tx) { return tx.RevokeToken(id, env.clock.Now()); })
              .ok());
  CHECK(one_down->End().error_code() == StatusCode::UNAUTHENTICATED);
  while (one_up->Read().has_value()) {
  }
  CHECK(one_up->End().error_code() == StatusCode::UNAUTHENTICATED);
  REQUIRE(two_down->Write(two.Ack("Mesh", "1")));
  REQUIRE(env.Put(scope, "Mesh", "", "another").ok());
  CHECK(two_down->Read().has_value());
}

TEST_CASE("a call that says nothing is refused after a while", "[kds]") {
  KdsEnv env(KdsEnv::Time::kManual);
  FakeZone zone = env.Zone({});
  auto down = zone.Open(kDown);
  REQUIRE(env.RunUntil([&] { return env.server->counters().streams == 1; }));
  env.manual().RunAll();
  env.manual().Advance(absl::Seconds(9));
  CHECK(env.server->counters().streams == 1);
  // A second more, or as many as it began to wait later than it was counted.
  REQUIRE(env.RunUntil([&] {
    env.manual().Advance(absl::Seconds(1));
    return env.server->counters().streams == 0;
  }));
  CHECK(down->End().error_code() == StatusCode::UNAUTHENTICATED);
}

TEST_CASE("streams end at the moment their credential does", "[kds]") {
  KdsEnv env(KdsEnv::Time::kManual);
  const auto scope = env.NewControlPlane();
  const auto connect = [&](const std::string& name, const std::string& valid_for) {
    FakeZone::Options options;
    options.name = name;
    options.user_info =
        scope.control_plane().str() + ":" + env.IssueZoneToken(scope, name, valid_for);
    return env.Zone(options);
  };
  FakeZone one = connect("zone-1", "1h"), two = connect("zone-2", "2h");
  auto one_down = one.Sync({"Mesh"}), two_down = two.Sync({"Mesh"});
  auto one_up = one.Open(kUp);
  using Zones = std::vector<std::string>;
  const auto online = [&](const Zones& zones) {
    return env.RunUntil([&] { return env.server->OnlineZones(scope) == zones; });
  };
  REQUIRE(online({"zone-1", "zone-2"}));
  // All it is asked: with a write under way the end would have to cut it off.
  const auto& types = Registry().all();
  auto questions = std::count_if(types.begin(), types.end(),
                                 [](const auto& type) { return type.ZoneToGlobal(); });
  REQUIRE(env.RunUntil([&] {
    if (one_up->Read(absl::Milliseconds(10)).has_value()) --questions;
    return questions == 0;
  }));
  env.manual().Advance(absl::Minutes(59));
  CHECK(online({"zone-1", "zone-2"}));
  env.manual().Advance(absl::Minutes(1));
  REQUIRE(online({"zone-2"}));
  REQUIRE(env.RunUntil([&] { return env.server->counters().streams == 1; }));
  while (one_down->Read().has_value()) {
  }
  CHECK(one_down->End().error_code() == StatusCode::UNAUTHENTICATED);
  while (one_up->Read().has_value()) {
  }
  CHECK(one_up->End().error_code() == StatusCode::UNAUTHENTICATED);
  env.manual().Advance(absl::Hours(1));
  CHECK(online({}));
}

TEST_CASE("streams end when the key that signed their token goes", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone::Options options;
  options.headers = {{"authorization", "Bearer " + env.IssueZoneToken(scope, "zone-1", "1h")},
                     {"x-control-plane-id", scope.control_plane().str()}};
  FakeZone zone = env.Zone(options);
  FakeZone other = env.NewZone(scope, "zone-2");
  auto down = zone.Sync({"Mesh"}), other_down = other.Sync({"Mesh"});
  REQUIRE(down->Read().has_value());
  REQUIRE(other_down->Read().has_value());
  // A change of secrets that does not concern the token changes nothing.
  REQUIRE(env.Put(scope, "GlobalSecret", "", "another", R"("data":"YQ==")").ok());
  CHECK_FALSE(down->Read(absl::Milliseconds(200)).has_value());
  CHECK(env.server->OnlineZones(scope).size() == 2);
  REQUIRE(env.Delete(scope, "GlobalSecret", "", "zone-token-signing-key-1").ok());
  CHECK(down->End().error_code() == StatusCode::UNAUTHENTICATED);
  CHECK(env.Eventually(
      [&] { return env.server->OnlineZones(scope) == std::vector<std::string>{"zone-2"}; }));
}

TEST_CASE("an address has so many zones, and room again when one leaves", "[kds]") {
  KdsEnv env(KdsEnv::Time::kReal,
             [](KdsOptions& options) { options.connections_per_address_max = 2; });
  const auto scope = env.NewControlPlane();
  FakeZone one = env.NewZone(scope, "zone-1");
  std::optional<FakeZone> two(env.NewZone(scope, "zone-2"));
  FakeZone three = env.NewZone(scope, "zone-3");
  auto first = one.Sync({"Mesh"}), second = two->Sync({"Mesh"});
  REQUIRE(first->Read().has_value());
  REQUIRE(second->Read().has_value());
  // More calls of a connection are no more connections.
  auto up = one.Open(kUp);
  REQUIRE(up->Read().has_value());

  // Hung up on before it could say anything.
  CHECK(three.Sync({"Mesh"})->End().error_code() == StatusCode::UNAVAILABLE);

  second->Cancel();
  second.reset();
  two.reset();
  CHECK(env.Eventually([&] {
    FakeZone again = env.Zone(three.options());
    return again.Sync({"Mesh"})->Read().has_value();
  }));
}

TEST_CASE("methods that do not exist are unimplemented", "[kds]") {
  KdsEnv env;
  const auto scope = env.NewControlPlane();
  FakeZone zone = env.NewZone(scope, "zone-1");
  auto stream = zone.Open("/kuma.mesh.v1alpha1.MultiplexService/StreamMessage");
  CHECK(stream->End().error_code() == StatusCode::UNIMPLEMENTED);
}
