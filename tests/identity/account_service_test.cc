// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/account_service.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/base/status.h"
#include "tests/identity/test_store.h"

namespace skyden::identity {
namespace {

using model::Role;

struct Env {
  base::FakeClock clock;
  TestStore store;
  Authenticator authenticator{{*store, clock}};
  std::unique_ptr<AccountService> service = AccountService::Create({*store, clock, authenticator});
  model::OrganizationKey organization = store.NewOrganization("default");

  model::OrganizationScope As(Role role) {
    const auto token = store.NewToken(organization, role);
    return *authenticator.EnterOrganization(*authenticator.Authenticate(token.text));
  }
};

TEST_CASE("an account's token works until it is revoked") {
  Env env;
  const auto admin = env.As(Role::kAdmin);
  const auto control_plane = env.store.NewControlPlane(env.organization, "one");
  const auto account =
      env.service->Create(admin, {"ci", "pipelines", Role::kViewer, control_plane.id});
  REQUIRE(account.ok());
  CHECK(env.service->Get(admin, account->id)->description == "pipelines");
  const auto token = env.service->IssueToken(admin, {account->id, "first", std::nullopt});
  REQUIRE(token.ok());
  const auto caller = env.authenticator.Authenticate(token->text);
  REQUIRE(caller.ok());
  CHECK(caller->role == Role::kViewer);
  CHECK(caller->only_control_plane == control_plane.id);

  CHECK(env.service->ListTokens(admin, account->id)->size() == 1);
  REQUIRE(env.service->RevokeToken(admin, account->id, token->record.id).ok());
  CHECK_FALSE(env.authenticator.Authenticate(token->text).ok());
  CHECK(env.service->RevokeToken(admin, account->id, model::TokenId("nope")).code() ==
        absl::StatusCode::kNotFound);
}

TEST_CASE("deleting an account ends its tokens at once") {
  Env env;
  const auto admin = env.As(Role::kAdmin);
  const auto account = env.service->Create(admin, {"ci", "", Role::kAdmin, std::nullopt});
  REQUIRE(account.ok());
  const auto token = env.service->IssueToken(admin, {account->id, "t", std::nullopt});
  REQUIRE(env.authenticator.Authenticate(token->text).ok());
  REQUIRE(env.service->Delete(admin, account->id).ok());
  CHECK_FALSE(env.authenticator.Authenticate(token->text).ok());
  CHECK(env.service->Get(admin, account->id).status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("nobody gives away more than they hold") {
  Env env;
  const auto denied = absl::StatusCode::kPermissionDenied;
  const auto viewer = env.As(Role::kViewer);
  CHECK(env.service->Create(viewer, {"x", "", Role::kViewer, std::nullopt}).status().code() ==
        denied);
  CHECK(env.service->List(viewer).status().code() == denied);

  const auto admin = env.As(Role::kAdmin);
  const auto chief = env.As(Role::kOperator);
  CHECK(env.service->Create(admin, {"x", "", Role::kOperator, std::nullopt}).status().code() ==
        denied);
  const auto operator_account =
      env.service->Create(chief, {"boss", "", Role::kOperator, std::nullopt});
  REQUIRE(operator_account.ok());
  CHECK(env.service->IssueToken(admin, {operator_account->id, "t", std::nullopt}).status().code() ==
        denied);
  CHECK(env.service->Delete(admin, operator_account->id).code() == denied);
  const auto token = env.service->IssueToken(chief, {operator_account->id, "t", std::nullopt});
  REQUIRE(token.ok());
  CHECK(env.service->RevokeToken(admin, operator_account->id, token->record.id).code() == denied);
}

TEST_CASE("zones' accounts and other organizations' are out of reach") {
  Env env;
  const auto admin = env.As(Role::kAdmin);
  const auto control_plane = env.store.NewControlPlane(env.organization, "one");
  const auto zone =
      env.store.NewToken(env.organization, Role::kConnector, &control_plane, "zone-1");
  const auto stranger = env.store.NewOrganization("stranger");
  const auto theirs = env.store.NewToken(stranger, Role::kAdmin);
  const auto their_plane = env.store.NewControlPlane(stranger, "theirs");
  const std::string missing = env.service->Get(admin, model::AccountId("none")).status().ToString();
  for (const auto& id : {zone.account.id, theirs.account.id}) {
    CHECK(env.service->Get(admin, id).status().ToString() == missing);
    CHECK(env.service->Delete(admin, id).ToString() == missing);
    CHECK(env.service->IssueToken(admin, {id, "t", std::nullopt}).status().ToString() == missing);
    CHECK(env.service->ListTokens(admin, id).status().ToString() == missing);
    const auto token_id = id == zone.account.id ? zone.record.id : theirs.record.id;
    CHECK(env.service->RevokeToken(admin, id, token_id).ToString() == missing);
  }
  CHECK(env.service->List(admin)->size() == 1);
  CHECK(env.service->Create(admin, {"x", "", Role::kAdmin, their_plane.id}).status().code() ==
        absl::StatusCode::kInvalidArgument);
  CHECK(env.authenticator.Authenticate(theirs.text).ok());
}

TEST_CASE("fields at fault are named") {
  Env env;
  const auto admin = env.As(Role::kAdmin);
  const auto field = [](const absl::Status& status) {
    const auto violations = base::ViolationsOf(status);
    return violations.empty() ? std::string() : violations.front().field;
  };
  CHECK(field(env.service->Create(admin, {"", "", Role::kAdmin, std::nullopt}).status()) == "name");
  CHECK(field(env.service->Create(admin, {std::string(101, 'x'), "", Role::kAdmin, std::nullopt})
                  .status()) == "name");
  CHECK(field(env.service->Create(admin, {"x", std::string(251, 'x'), Role::kAdmin, std::nullopt})
                  .status()) == "description");
  const auto account = env.service->Create(admin, {"x", "", Role::kAdmin, std::nullopt});
  REQUIRE(account.ok());
  CHECK(field(env.service->IssueToken(admin, {account->id, "t", env.clock.Now()}).status()) ==
        "expires_at");
}

}  // namespace
}  // namespace skyden::identity
