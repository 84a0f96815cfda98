// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/account_service.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/base/status.h"
#include "tests/identity/service_env.h"

namespace skyden::identity {
namespace {

using model::Role;

constexpr auto kDenied = absl::StatusCode::kPermissionDenied;
constexpr auto kSystem = AccountKind::kSystemAccount;
constexpr auto kUser = AccountKind::kUser;

TEST_CASE("accounts are made, listed, changed and deleted") {
  ServiceEnv env;
  const auto admin = env.As(Role::kAdmin);
  const auto robot = env.accounts.Create(admin, {kSystem, "ci", "pipelines", "", ""});
  REQUIRE(robot.ok());
  const auto jane = env.accounts.Create(admin, {kUser, "Jane", "", "jane@example.com", "J"});
  REQUIRE(jane.ok());
  CHECK(env.accounts.Get(admin, kSystem, robot->id)->description == "pipelines");
  CHECK(env.accounts.Get(admin, kUser, jane->id)->email == "jane@example.com");
  // A user is no system account.
  CHECK(absl::IsNotFound(env.accounts.Get(admin, kSystem, jane->id).status()));
  CHECK(absl::IsNotFound(env.accounts.Get(admin, kUser, robot->id).status()));

  CHECK(absl::IsAlreadyExists(env.accounts.Create(admin, {kSystem, "ci", "", "", ""}).status()));
  CHECK(absl::IsAlreadyExists(
      env.accounts.Create(admin, {kUser, "Joe", "", "jane@example.com", ""}).status()));

  UpdateAccount update;
  update.description = "new";
  env.fake_clock.Advance(absl::Seconds(1));
  const auto changed = env.accounts.Update(admin, kSystem, robot->id, update);
  REQUIRE(changed.ok());
  CHECK(changed->name == "ci");
  CHECK(changed->description == "new");
  CHECK(changed->updated_at == env.clock.Now());
  CHECK(changed->created_at == robot->created_at);

  ListAccounts list;
  list.kind = kUser;
  CHECK(env.accounts.List(admin, list)->total == 1);
  list.filters = {{"email", model::TextFilter::Op::kContains, "JANE"}};
  CHECK(env.accounts.List(admin, list)->items.at(0).id == jane->id);
  list.filters = {{"email", model::TextFilter::Op::kEq, "x"}};
  CHECK(env.accounts.List(admin, list)->total == 0);
  list.filters = {{"color", model::TextFilter::Op::kEq, "x"}};
  CHECK(env.FieldAtFault(env.accounts.List(admin, list).status()) == "filter[color]");

  REQUIRE(env.accounts.Delete(admin, kSystem, robot->id).ok());
  CHECK(absl::IsNotFound(env.accounts.Get(admin, kSystem, robot->id).status()));
}

TEST_CASE("a role opens a control plane at once, and closes it at once when it is removed") {
  ServiceEnv env;
  const auto admin = env.As(Role::kAdmin);
  const auto one = env.store.NewControlPlane(env.organization, "one");
  const auto robot = env.accounts.Create(admin, {kSystem, "ci", "", "", ""});
  const auto token = env.tokens.Issue(admin, kSystem, robot->id, {"t", std::nullopt});
  REQUIRE(token.ok());
  const auto enter = [&] {
    return env.authenticator.Enter(*env.authenticator.Authenticate(token->text), one.id).status();
  };
  CHECK(absl::IsNotFound(enter()));
  const auto role = env.accounts.Assign(admin, kSystem, robot->id, {Role::kViewer, one.id, "eu"});
  REQUIRE(role.ok());
  CHECK(enter().ok());
  CHECK(role->region == "eu");
  CHECK(role->control_plane == one.id);
  CHECK(env.accounts.ListRoles(admin, kSystem, robot->id)->size() == 1);
  CHECK(absl::IsAlreadyExists(
      env.accounts.Assign(admin, kSystem, robot->id, {Role::kViewer, one.id, "*"}).status()));
  REQUIRE(env.accounts.RemoveRole(admin, kSystem, robot->id, role->id).ok());
  CHECK(absl::IsNotFound(enter()));
  CHECK(absl::IsNotFound(env.accounts.RemoveRole(admin, kSystem, robot->id, role->id)));
}

TEST_CASE("a user that is not active is kept out until it is active again") {
  ServiceEnv env;
  const auto admin = env.As(Role::kAdmin);
  const auto jane = env.accounts.Create(admin, {kUser, "Jane", "", "jane@example.com", ""});
  const auto token = env.tokens.Issue(admin, kUser, jane->id, {"t", std::nullopt});
  REQUIRE(env.authenticator.Authenticate(token->text).ok());
  UpdateAccount update;
  update.active = false;
  REQUIRE(env.accounts.Update(admin, kUser, jane->id, update).ok());
  CHECK_FALSE(env.authenticator.Authenticate(token->text).ok());
  update.active = true;
  REQUIRE(env.accounts.Update(admin, kUser, jane->id, update).ok());
  CHECK(env.authenticator.Authenticate(token->text).ok());
}

TEST_CASE("nobody gives away more than they hold") {
  ServiceEnv env;
  const auto one = env.store.NewControlPlane(env.organization, "one");
  const auto robot = env.accounts.Create(env.As(Role::kAdmin), {kSystem, "ci", "", "", ""}).value();
  std::vector<model::OrganizationScope> small = {env.As(Role::kViewer), env.As(Role::kCreator),
                                                 env.As(Role::kConnector),
                                                 env.As(Role::kAdmin, &one)};
  for (const auto& scope : small) {
    CHECK(env.accounts.Create(scope, {kSystem, "x", "", "", ""}).status().code() == kDenied);
    CHECK(env.accounts.List(scope, {}).status().code() == kDenied);
    CHECK(env.accounts.Get(scope, kSystem, robot.id).status().code() == kDenied);
    CHECK(env.accounts.Update(scope, kSystem, robot.id, {}).status().code() == kDenied);
    CHECK(env.accounts.Delete(scope, kSystem, robot.id).code() == kDenied);
    CHECK(env.accounts.Assign(scope, kSystem, robot.id, {}).status().code() == kDenied);
    CHECK(env.accounts.ListRoles(scope, kSystem, robot.id).status().code() == kDenied);
    CHECK(env.tokens.Issue(scope, kSystem, robot.id, {"t", {}}).status().code() == kDenied);
    CHECK(env.tokens.List(scope, kSystem, robot.id).status().code() == kDenied);
    // Everybody may look at itself.
    const model::AccountId self(scope.who().id);
    CHECK(env.accounts.Get(scope, kSystem, self).ok());
    CHECK(env.accounts.ListRoles(scope, kSystem, self)->size() == 1);
    CHECK(env.tokens.List(scope, kSystem, self)->size() == 1);
    // But does not prolong its own life.
    CHECK(env.tokens.Issue(scope, kSystem, self, {"t", {}}).status().code() == kDenied);
  }
}

TEST_CASE("only an operator makes, changes or ends an operator") {
  ServiceEnv env;
  const auto admin = env.As(Role::kAdmin);
  const auto chief = env.As(Role::kOperator);
  const auto boss = env.accounts.Create(admin, {kSystem, "boss", "", "", ""}).value();
  CHECK(env.accounts.Assign(admin, kSystem, boss.id, {Role::kOperator, {}, "*"}).status().code() ==
        kDenied);
  const auto role = env.accounts.Assign(chief, kSystem, boss.id, {Role::kOperator, {}, "*"});
  REQUIRE(role.ok());
  CHECK(env.tokens.Issue(admin, kSystem, boss.id, {"t", {}}).status().code() == kDenied);
  CHECK(env.accounts.Delete(admin, kSystem, boss.id).code() == kDenied);
  CHECK(env.accounts.Update(admin, kSystem, boss.id, {}).status().code() == kDenied);
  CHECK(env.accounts.RemoveRole(admin, kSystem, boss.id, role->id).code() == kDenied);
  const auto token = env.tokens.Issue(chief, kSystem, boss.id, {"t", {}});
  REQUIRE(token.ok());
  CHECK(env.tokens.Delete(admin, kSystem, boss.id, token->record.id).code() == kDenied);
  CHECK(env.accounts.Delete(chief, kSystem, boss.id).ok());
}

TEST_CASE("zones' accounts and other organizations' are out of reach") {
  ServiceEnv env;
  const auto admin = env.As(Role::kAdmin);
  const auto control_plane = env.store.NewControlPlane(env.organization, "one");
  const auto zone =
      env.store.NewToken(env.organization, Role::kConnector, &control_plane, "zone-1");
  const auto stranger = env.store.NewOrganization("stranger");
  const auto theirs = env.store.NewToken(stranger, Role::kAdmin);
  const auto their_plane = env.store.NewControlPlane(stranger, "theirs");
  const model::AccountId nobody("none");
  const auto answers = [&](const model::AccountId& id, const model::TokenId& token,
                           const model::RoleId& role) {
    std::string all;
    all += env.accounts.Get(admin, kSystem, id).status().ToString();
    all += env.accounts.Update(admin, kSystem, id, {}).status().ToString();
    all += env.accounts.Delete(admin, kSystem, id).ToString();
    all += env.accounts.Assign(admin, kSystem, id, {}).status().ToString();
    all += env.accounts.ListRoles(admin, kSystem, id).status().ToString();
    all += env.accounts.RemoveRole(admin, kSystem, id, role).ToString();
    all += env.tokens.Issue(admin, kSystem, id, {"t", {}}).status().ToString();
    all += env.tokens.List(admin, kSystem, id).status().ToString();
    all += env.tokens.Get(admin, kSystem, id, token).status().ToString();
    all += env.tokens.Rename(admin, kSystem, id, token, "x").status().ToString();
    all += env.tokens.Revoke(admin, kSystem, id, token).status().ToString();
    all += env.tokens.Delete(admin, kSystem, id, token).ToString();
    return all;
  };
  const std::string missing = answers(nobody, model::TokenId("none"), model::RoleId("none"));
  CHECK(answers(zone.account.id, zone.record.id, zone.role) == missing);
  CHECK(answers(theirs.account.id, theirs.record.id, theirs.role) == missing);
  ListAccounts list;
  list.filters = {{"name", model::TextFilter::Op::kContains, "zone"}};
  CHECK(env.accounts.List(admin, list)->total == 0);
  const auto own = env.accounts.Create(admin, {kSystem, "own", "", "", ""});
  CHECK(env.FieldAtFault(
            env.accounts.Assign(admin, kSystem, own->id, {Role::kAdmin, their_plane.id, "*"})
                .status()) == "entity_id");
  CHECK(env.authenticator.Authenticate(theirs.text).ok());
}

TEST_CASE("fields at fault are named") {
  ServiceEnv env;
  const auto admin = env.As(Role::kAdmin);
  const auto create = [&](CreateAccount request) {
    return env.FieldAtFault(env.accounts.Create(admin, request).status());
  };
  CHECK(create({kSystem, "", "", "", ""}) == "name");
  CHECK(create({kSystem, std::string(101, 'x'), "", "", ""}) == "name");
  CHECK(create({kSystem, "a\nb", "", "", ""}) == "name");
  CHECK(create({kSystem, "\xff", "", "", ""}) == "name");
  CHECK(create({kSystem, "x", std::string(251, 'x'), "", ""}) == "description");
  CHECK(create({kUser, "x", "", "nobody", ""}) == "email");
  CHECK(create({kUser, "x", "", "a@b@c", ""}) == "email");
  CHECK(create({kUser, "x", "", "@b", ""}) == "email");
  CHECK(create({kUser, "", "", "a@b", ""}) == "full_name");
  CHECK(create({kUser, "x", "", "a@b", std::string(101, 'x')}) == "preferred_name");
  const auto account = env.accounts.Create(admin, {kSystem, "x", "", "", ""});
  REQUIRE(account.ok());
  const auto one = env.store.NewControlPlane(env.organization, "one");
  const auto assign = [&](AssignRole request) {
    return env.FieldAtFault(env.accounts.Assign(admin, kSystem, account->id, request).status());
  };
  CHECK(assign({Role::kCreator, one.id, "*"}) == "entity_id");
  CHECK(assign({Role::kViewer, one.id, "mars"}) == "entity_region");
  CHECK(assign({Role::kViewer, model::ControlPlaneId("none"), "*"}) == "entity_id");
  ListAccounts list;
  list.page_size = 0;
  CHECK(env.FieldAtFault(env.accounts.List(admin, list).status()) == "page[size]");
}

}  // namespace
}  // namespace skyden::identity
