// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/team_service.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/identity/access_change.h"
#include "tests/identity/service_env.h"

namespace skyden::identity {
namespace {

using model::Role;

constexpr auto kDenied = absl::StatusCode::kPermissionDenied;
constexpr auto kSystem = AccountKind::kSystemAccount;
constexpr auto kUser = AccountKind::kUser;
constexpr auto kTeam = AccountKind::kTeam;

struct TeamEnv : ServiceEnv {
  TeamService& teams = *services().teams;
  model::OrganizationScope admin = As(Role::kAdmin);
  store::ControlPlaneRecord one = store.NewControlPlane(organization, "one");
  store::AccountRecord robot = accounts.Create(admin, {kSystem, "ci", "", "", ""}).value();
  std::string token = tokens.Issue(admin, kSystem, robot.id, {"t", std::nullopt})->text;
  store::AccountRecord team = NewTeam("readers");

  store::AccountRecord NewTeam(const std::string& name) {
    return accounts.Create(admin, {kTeam, name, "", "", ""}).value();
  }
  absl::Status Give(const model::OrganizationScope& as, const store::AccountRecord& to, Role role) {
    return accounts.Assign(as, to.kind, to.id, {role, std::nullopt, "*"}).status();
  }
  absl::Status Add(const model::OrganizationScope& as) {
    return teams.Add(as, team.id, kSystem, robot.id);
  }
  absl::Status Remove(const model::OrganizationScope& as) {
    return teams.Remove(as, team.id, kSystem, robot.id);
  }
  // "" when the robot may not enter `one`, else as what it acts there.
  std::string RobotIn() {
    const auto scope = authenticator.Enter(*authenticator.Authenticate(token), one.id);
    return scope.ok() ? std::string(model::RoleName(scope->role())) : "";
  }
};

TEST_CASE("a team's roles hold for whoever is in it, at once, and end at once") {
  TeamEnv env;
  CHECK(env.RobotIn().empty());
  const auto role =
      env.accounts.Assign(env.admin, kTeam, env.team.id, {Role::kViewer, env.one.id, "*"});
  REQUIRE(role.ok());
  CHECK(env.RobotIn().empty());
  REQUIRE(env.Add(env.admin).ok());
  CHECK(env.RobotIn() == "Viewer");
  CHECK(absl::IsAlreadyExists(env.Add(env.admin)));
  SECTION("with the membership") {
    REQUIRE(env.Remove(env.admin).ok());
    CHECK(absl::IsNotFound(env.Remove(env.admin)));
  }
  SECTION("with the role") {
    REQUIRE(env.accounts.RemoveRole(env.admin, kTeam, env.team.id, role->id).ok());
  }
  SECTION("with the team") {
    REQUIRE(env.accounts.Delete(env.admin, kTeam, env.team.id).ok());
    CHECK(absl::IsNotFound(env.Add(env.admin)));
  }
  CHECK(env.RobotIn().empty());
}

TEST_CASE("a stream is looked at again when what a team gave its account ends") {
  TeamEnv env;
  REQUIRE(env.Give(env.admin, env.team, Role::kConnector).ok());
  REQUIRE(env.Add(env.admin).ok());
  const auto zone = env.authenticator.AuthenticateZone(env.token, env.one.id, "zone-1");
  REQUIRE(zone.ok());
  int concerned = 0;
  env.authenticator.AddAccessListener([&](const store::Change& change) {
    concerned +=
        MayEndAccessOf({env.organization, env.one.tenant, zone->account, zone->token}, change);
  });
  CHECK(env.authenticator.CheckStillValid(*zone).ok());
  const auto other = env.NewTeam("others");
  REQUIRE(env.Give(env.admin, other, Role::kConnector).ok());
  CHECK(concerned == 0);
  REQUIRE(env.Remove(env.admin).ok());
  CHECK(concerned == 1);
  CHECK_FALSE(env.authenticator.CheckStillValid(*zone).ok());
}

TEST_CASE("who is in a team is told by kind, and everybody may ask for their own") {
  TeamEnv env;
  const auto jane =
      env.accounts.Create(env.admin, {kUser, "Jane", "", "jane@example.com", ""}).value();
  REQUIRE(env.Add(env.admin).ok());
  REQUIRE(env.teams.Add(env.admin, env.team.id, kUser, jane.id).ok());
  CHECK(env.teams.Members(env.admin, env.team.id, kSystem)->at(0).id == env.robot.id);
  CHECK(env.teams.Members(env.admin, env.team.id, kUser)->at(0).id == jane.id);
  CHECK(env.teams.TeamsOf(env.admin, kUser, jane.id)->at(0).id == env.team.id);
  // An account is no team, and of one kind only.
  CHECK(absl::IsNotFound(env.teams.Members(env.admin, env.robot.id, kUser).status()));
  CHECK(absl::IsNotFound(env.teams.Add(env.admin, env.robot.id, kUser, jane.id)));
  CHECK(absl::IsNotFound(env.teams.Add(env.admin, env.team.id, kUser, env.robot.id)));
  CHECK(absl::IsNotFound(env.teams.Remove(env.admin, env.team.id, kUser, env.robot.id)));
  CHECK(absl::IsNotFound(env.teams.TeamsOf(env.admin, kSystem, env.team.id).status()));

  const auto robot = env.Scope(env.token);
  CHECK(env.teams.TeamsOf(robot, kSystem, env.robot.id)->size() == 1);
  const auto own = env.teams.HoldingsOf(robot, kSystem, env.robot.id);
  CHECK(own->teams.size() == 1);
  CHECK(env.teams.TeamsOf(robot, kUser, jane.id).status().code() == kDenied);
  CHECK(env.teams.Members(robot, env.team.id, kUser).status().code() == kDenied);
  CHECK(env.teams.Add(robot, env.team.id, kUser, jane.id).code() == kDenied);
  CHECK(env.teams.Remove(robot, env.team.id, kSystem, env.robot.id).code() == kDenied);
  CHECK(env.accounts.Create(robot, {kTeam, "mine", "", "", ""}).status().code() == kDenied);
}

TEST_CASE("nobody becomes an operator by a team, or stops being one, without an operator") {
  TeamEnv env;
  const auto chief = env.As(Role::kOperator);
  CHECK(env.Give(env.admin, env.team, Role::kOperator).code() == kDenied);
  REQUIRE(env.Give(chief, env.team, Role::kOperator).ok());
  CHECK(env.Add(env.admin).code() == kDenied);
  CHECK(env.accounts.Delete(env.admin, kTeam, env.team.id).code() == kDenied);
  UpdateAccount renamed;
  renamed.name = "chiefs";
  CHECK(env.accounts.Update(env.admin, kTeam, env.team.id, renamed).status().code() == kDenied);
  REQUIRE(env.Add(chief).ok());
  CHECK(env.Scope(env.token).access().IsOperator());
  // Now the robot is one, and above an admin in every way.
  CHECK(env.Remove(env.admin).code() == kDenied);
  CHECK(env.tokens.Issue(env.admin, kSystem, env.robot.id, {"x", {}}).status().code() == kDenied);
  CHECK(env.accounts.Delete(env.admin, kSystem, env.robot.id).code() == kDenied);
  const auto other = env.NewTeam("others");
  CHECK(env.teams.Add(env.admin, other.id, kSystem, env.robot.id).code() == kDenied);
  CHECK(env.Remove(chief).ok());
}

TEST_CASE("the last operator stays, be it one by a team") {
  TeamEnv env;
  const auto chief = env.store.NewToken(env.organization, Role::kOperator);
  const auto as_chief = env.Scope(chief.text);
  const auto role = env.accounts.Assign(as_chief, kTeam, env.team.id, {Role::kOperator, {}, "*"});
  REQUIRE(role.ok());
  REQUIRE(env.Add(as_chief).ok());
  // There are two: the one by itself may go.
  REQUIRE(env.accounts.Delete(as_chief, kSystem, chief.account.id).ok());
  const auto as_robot = env.Scope(env.token);
  const absl::Status refused[] = {
      env.Remove(as_robot),
      env.accounts.RemoveRole(as_robot, kTeam, env.team.id, role->id),
      env.accounts.Delete(as_robot, kTeam, env.team.id),
      env.accounts.Delete(as_robot, kSystem, env.robot.id),
  };
  for (const absl::Status& one : refused) {
    INFO(one);
    CHECK(absl::IsFailedPrecondition(one));
  }
  CHECK(env.Scope(env.token).access().IsOperator());
  REQUIRE(env.Give(as_robot, env.robot, Role::kOperator).ok());
  CHECK(env.Remove(as_robot).ok());
}

TEST_CASE("a team that made two operators is not deleted when nobody is left") {
  TeamEnv env;
  const auto chief = env.store.NewToken(env.organization, Role::kOperator);
  const auto as_chief = env.Scope(chief.text);
  REQUIRE(env.Give(as_chief, env.team, Role::kOperator).ok());
  REQUIRE(env.Add(as_chief).ok());
  REQUIRE(env.teams.Add(as_chief, env.team.id, kSystem, chief.account.id).ok());
  REQUIRE(env.accounts.RemoveRole(as_chief, kSystem, chief.account.id, chief.role).ok());
  CHECK(absl::IsFailedPrecondition(env.accounts.Delete(env.Scope(env.token), kTeam, env.team.id)));
  CHECK(env.Scope(env.token).access().IsOperator());
}

TEST_CASE("teams have names of their own, and labels within the rules") {
  TeamEnv env;
  CHECK(absl::IsAlreadyExists(
      env.accounts.Create(env.admin, {kTeam, "readers", "", "", ""}).status()));
  CHECK(env.accounts.Create(env.admin, {kSystem, "readers", "", "", ""}).ok());
  CreateAccount request{kTeam, "labelled", "", "", "", {{"area", "mesh"}}};
  const auto made = env.accounts.Create(env.admin, request);
  REQUIRE(made.ok());
  UpdateAccount update;
  update.label_patch = {{"area", std::nullopt}, {"tier", "1"}};
  CHECK(env.accounts.Update(env.admin, kTeam, made->id, update)->labels ==
        model::Labels{{"tier", "1"}});
  request.name = "wrong";
  request.labels = {{"-", "x"}};
  CHECK(env.FieldAtFault(env.accounts.Create(env.admin, request).status()) == "labels.-");
  ListAccounts list;
  list.kind = kTeam;
  CHECK(env.accounts.List(env.admin, list)->total == 2);
  list.filters = {{"labels.tier", model::TextFilter::Op::kEq, "1"}};
  CHECK(env.accounts.List(env.admin, list)->items.at(0).id == made->id);
}

TEST_CASE("an account is in so many teams and no more") {
  TeamEnv env;
  for (size_t i = 0; i < kTeamsPerAccount; ++i) {
    const auto team = env.NewTeam("team " + std::to_string(i));
    REQUIRE(env.teams.Add(env.admin, team.id, kSystem, env.robot.id).ok());
  }
  CHECK(absl::IsResourceExhausted(env.Add(env.admin)));
}

}  // namespace
}  // namespace skyden::identity
