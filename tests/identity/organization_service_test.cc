// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/organization_service.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/store/directory_tx.h"
#include "tests/identity/service_env.h"

namespace skyden::identity {
namespace {

using model::Role;

TEST_CASE("an organization comes with somebody who administrates it, and sees only itself") {
  ServiceEnv env;
  const auto chief = env.As(Role::kOperator);
  const auto made = env.organizations.Create(chief, "acme");
  REQUIRE(made.ok());
  const auto scope = env.Scope(made->token.text);
  CHECK(scope.organization() != env.organization);
  CHECK(scope.access().Administrates());
  CHECK_FALSE(scope.access().IsOperator());
  CHECK(env.organizations.Mine(scope)->name == "acme");
  CHECK(env.organizations.Mine(chief)->name == "default");
  CHECK(env.accounts.Create(scope, {AccountKind::kSystemAccount, "own", "", "", ""}).ok());
  CHECK(env.accounts.List(scope, {})->total == 2);

  CHECK(env.organizations.Get(chief, made->organization.id)->name == "acme");
  CHECK(env.organizations.List(chief, 10, 1, {})->total == 2);
  CHECK(env.organizations.List(chief, 1, 2, {})->items.at(0).name == "acme");
  CHECK(
      env.organizations.List(chief, 10, 1, {{"name", model::TextFilter::Op::kEq, "acme"}})->total ==
      1);
}

TEST_CASE("only operators manage organizations") {
  ServiceEnv env;
  const auto other = env.organizations.Create(env.As(Role::kOperator), "acme").value();
  const auto denied = absl::StatusCode::kPermissionDenied;
  for (const Role role : {Role::kAdmin, Role::kCreator, Role::kViewer, Role::kConnector}) {
    const auto scope = env.As(role);
    CHECK(env.organizations.Create(scope, "x").status().code() == denied);
    CHECK(env.organizations.List(scope, 10, 1, {}).status().code() == denied);
    CHECK(env.organizations.Get(scope, other.organization.id).status().code() == denied);
    CHECK(env.organizations.Get(scope, model::OrganizationId("none")).status().code() == denied);
    CHECK(env.organizations.Delete(scope, other.organization.id).code() == denied);
    CHECK(env.organizations.Mine(scope).ok());
  }
}

TEST_CASE("an organization is deleted when it owns nothing, and never from within") {
  ServiceEnv env;
  const auto chief = env.As(Role::kOperator);
  const auto made = env.organizations.Create(chief, "acme").value();
  const auto plane = env.store.NewControlPlane(made.organization.key, "theirs");
  const auto failed = absl::StatusCode::kFailedPrecondition;
  CHECK(env.organizations.Delete(chief, made.organization.id).code() == failed);
  CHECK(env.organizations.Delete(chief, env.organizations.Mine(chief)->id).code() == failed);
  REQUIRE(env.authenticator.Authenticate(made.token.text).ok());
  REQUIRE(env.store
              ->WriteDirectory(
                  TestStore::Organization(made.organization.key),
                  [&](store::DirectoryTx& tx) { return tx.DeleteControlPlane(plane.id).status(); })
              .ok());
  REQUIRE(env.organizations.Delete(chief, made.organization.id).ok());
  CHECK_FALSE(env.authenticator.Authenticate(made.token.text).ok());
  CHECK(absl::IsNotFound(env.organizations.Get(chief, made.organization.id).status()));
  CHECK(absl::IsNotFound(env.organizations.Delete(chief, made.organization.id)));
  CHECK(env.FieldAtFault(env.organizations.Create(chief, "").status()) == "name");
}

}  // namespace
}  // namespace skyden::identity
