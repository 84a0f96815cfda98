// SPDX-License-Identifier: Apache-2.0
// Zones that must leave: their token, account or role ended, or their control plane was suspended.
// Whoever else is connected does not notice.
#include <catch2/catch.hpp>
#include <vector>

#include "server/services.h"
#include "tests/kds/kds_env.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

using grpc::StatusCode;
using identity::AccountKind;
using model::Role;

// A zone with streams in both directions that has its first answers.
struct LiveZone {
  LiveZone(KdsEnv& env, FakeZone::Options options) : zone(env.Zone(std::move(options))) {
    down = zone.Sync({"Mesh"});
    up = zone.Open(kUp);
    REQUIRE(down->Read().has_value());
    REQUIRE(up->Read().has_value());
  }
  // How both streams end.
  std::vector<grpc::Status> End() {
    std::vector<grpc::Status> ends = {down->End()};
    while (up->Read().has_value()) {
    }
    ends.push_back(up->End());
    return ends;
  }
  FakeZone zone;
  std::unique_ptr<FakeStream> down;
  std::unique_ptr<FakeStream> up;
};

struct Env : KdsEnv {
  identity::AccountService& accounts = *services().accounts;
  identity::TokenService& tokens = *services().tokens;
  model::TenantScope one = NewControlPlane("one");
  model::TenantScope two = NewControlPlane("two");
  store::AccountRecord robot =
      accounts.Create(owner(), {AccountKind::kSystemAccount, "robot", "", "", ""}).value();
  store::RoleRecord on_one = Assign(one);
  store::RoleRecord on_two = Assign(two);
  identity::IssuedToken token =
      tokens.Issue(owner(), AccountKind::kSystemAccount, robot.id, {"t", std::nullopt}).value();

  store::RoleRecord Assign(const model::TenantScope& scope) {
    return accounts
        .Assign(owner(), AccountKind::kSystemAccount, robot.id,
                {Role::kConnector, scope.control_plane(), "*"})
        .value();
  }
  // A zone that comes with the robot's token.
  LiveZone Robots(const model::TenantScope& scope, const std::string& name) {
    FakeZone::Options options;
    options.name = name;
    options.user_info = scope.control_plane().str() + ":" + token.text;
    return LiveZone(*this, options);
  }
  // A zone with a token of its own.
  LiveZone Provisioned(const model::TenantScope& scope, const std::string& name) {
    FakeZone::Options options;
    options.name = name;
    options.user_info = UserInfo(scope, name);
    return LiveZone(*this, options);
  }
  // What a change of the control plane sends to a zone that is still there.
  bool StillHears(LiveZone& live, const model::TenantScope& scope, const std::string& mesh) {
    if (!live.down->Write(live.zone.Ack("Mesh", "1"))) return false;
    if (!Put(scope, "Mesh", "", mesh).ok()) return false;
    return live.down->Read().has_value();
  }
};

void CheckAll(const std::vector<grpc::Status>& ends, StatusCode code, const std::string& words) {
  for (const grpc::Status& end : ends) {
    INFO(end.error_message());
    CHECK(end.error_code() == code);
    CHECK(end.error_message().find(words) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("a revoked token ends all its zones' streams, and no others", "[kds]") {
  Env env;
  std::vector<LiveZone> leaving;
  leaving.push_back(env.Robots(env.one, "zone-1"));
  leaving.push_back(env.Robots(env.one, "zone-2"));
  leaving.push_back(env.Robots(env.two, "zone-1"));
  LiveZone staying = env.Provisioned(env.one, "zone-3");
  REQUIRE(
      env.tokens.Delete(env.owner(), AccountKind::kSystemAccount, env.robot.id, env.token.record.id)
          .ok());
  for (LiveZone& zone : leaving) CheckAll(zone.End(), StatusCode::UNAUTHENTICATED, "revoked");
  CHECK(env.StillHears(staying, env.one, "news"));
}

TEST_CASE("a deleted account ends its zones' streams", "[kds]") {
  Env env;
  LiveZone leaving = env.Robots(env.one, "zone-1");
  LiveZone staying = env.Provisioned(env.one, "zone-2");
  REQUIRE(env.accounts.Delete(env.owner(), AccountKind::kSystemAccount, env.robot.id).ok());
  CheckAll(leaving.End(), StatusCode::UNAUTHENTICATED, "ended");
  CHECK(env.StillHears(staying, env.one, "news"));
}

TEST_CASE("a role that is taken away ends the streams there, not those elsewhere", "[kds]") {
  Env env;
  LiveZone leaving = env.Robots(env.one, "zone-1");
  LiveZone staying = env.Robots(env.two, "zone-1");
  REQUIRE(
      env.accounts.RemoveRole(env.owner(), AccountKind::kSystemAccount, env.robot.id, env.on_one.id)
          .ok());
  CheckAll(leaving.End(), StatusCode::PERMISSION_DENIED, "role");
  CHECK(env.StillHears(staying, env.two, "news"));
}

TEST_CASE("a deleted control plane ends its zones' streams, and no others", "[kds]") {
  using Online = control_planes::ControlPlaneService::Online;
  Env env;
  LiveZone leaving = env.Provisioned(env.one, "zone-1");
  LiveZone staying = env.Provisioned(env.two, "zone-1");
  REQUIRE(env.services()
              .control_planes->Delete(env.owner(), env.one.control_plane(), Online::kIsEnded)
              .ok());
  CheckAll(leaving.End(), StatusCode::UNAUTHENTICATED, "");
  CHECK(env.StillHears(staying, env.two, "news"));
}

TEST_CASE("zones of a suspended control plane leave with the reason, stay out, and come back",
          "[kds]") {
  Env env;
  LiveZone leaving = env.Provisioned(env.one, "zone-1");
  LiveZone staying = env.Provisioned(env.two, "zone-1");
  const auto& id = env.one.control_plane();
  REQUIRE(env.services().control_planes->Suspend(env.owner(), id, {"unpaid", std::nullopt}).ok());
  CheckAll(leaving.End(), StatusCode::UNAVAILABLE, "suspended (unpaid)");
  CHECK(env.Eventually([&] { return env.server->OnlineZones(env.one).empty(); }));
  CHECK(env.StillHears(staying, env.two, "news"));

  auto again = leaving.zone.Sync({"Mesh"});
  CheckAll({again->End()}, StatusCode::UNAVAILABLE, "suspended (unpaid)");
  REQUIRE(env.services().control_planes->Resume(env.owner(), id).ok());
  // On the very connection that was turned away, as well as on a new one.
  auto back = leaving.zone.Sync({"Mesh"});
  CHECK(back->Read().has_value());
  FakeZone::Options options = leaving.zone.options();
  LiveZone fresh(env, options);
  CHECK(env.StillHears(fresh, env.one, "news"));
}
