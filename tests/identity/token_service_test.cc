// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/token_service.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/base/limits.h"
#include "tests/identity/service_env.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using model::Role;

constexpr auto kSystem = AccountKind::kSystemAccount;
constexpr auto kUser = AccountKind::kUser;

struct Env : ServiceEnv {
  model::OrganizationScope admin = As(Role::kAdmin);
  store::AccountRecord robot = accounts.Create(admin, {kSystem, "robot", "", "", ""}).value();
  store::AccountRecord jane =
      accounts.Create(admin, {kUser, "Jane", "", "jane@example.com", ""}).value();
};

TEST_CASE("a token works until it is revoked, and is shown as what it is") {
  Env env;
  for (const auto& [kind, id] : {std::pair(kSystem, env.robot.id), std::pair(kUser, env.jane.id)}) {
    const auto issued = env.tokens.Issue(env.admin, kind, id, {"first", std::nullopt});
    REQUIRE(issued.ok());
    CHECK(issued->text.starts_with(kind == kUser ? "skpat_" : "sksat_"));
    CHECK(issued->record.expires_at == env.clock.Now() + limits::kTokenLifeMax);
    const auto caller = env.authenticator.Authenticate(issued->text);
    REQUIRE(caller.ok());
    CHECK(caller->principal.id == id.str());
    const auto& token = issued->record.id;
    CHECK(env.tokens.Rename(env.admin, kind, id, token, "second")->name == "second");
    CHECK(env.tokens.Get(env.admin, kind, id, token)->name == "second");
    const auto revoked = env.tokens.Revoke(env.admin, kind, id, token);
    REQUIRE(revoked.ok());
    CHECK(StateOf(*revoked, env.clock.Now()) == TokenState::kRevoked);
    CHECK_FALSE(env.authenticator.Authenticate(issued->text).ok());
    // A user sees what was revoked; of a system account it is gone.
    CHECK(env.tokens.List(env.admin, kind, id)->size() == (kind == kUser ? 1 : 0));
    CHECK(env.tokens.Get(env.admin, kind, id, token).ok() == (kind == kUser));
  }
}

TEST_CASE("a deleted token is gone at once") {
  Env env;
  for (const auto& [kind, id] : {std::pair(kSystem, env.robot.id), std::pair(kUser, env.jane.id)}) {
    const auto issued = env.tokens.Issue(env.admin, kind, id, {"t", std::nullopt});
    REQUIRE(env.authenticator.Authenticate(issued->text).ok());
    REQUIRE(env.tokens.Delete(env.admin, kind, id, issued->record.id).ok());
    CHECK_FALSE(env.authenticator.Authenticate(issued->text).ok());
    CHECK(absl::IsNotFound(env.tokens.Delete(env.admin, kind, id, issued->record.id)));
    CHECK(env.tokens.List(env.admin, kind, id)->empty());
  }
}

TEST_CASE("deleting an account ends its tokens at once") {
  Env env;
  const auto issued = env.tokens.Issue(env.admin, kSystem, env.robot.id, {"t", std::nullopt});
  REQUIRE(env.authenticator.Authenticate(issued->text).ok());
  REQUIRE(env.accounts.Delete(env.admin, kSystem, env.robot.id).ok());
  CHECK_FALSE(env.authenticator.Authenticate(issued->text).ok());
}

TEST_CASE("users manage their own tokens and nobody else's") {
  Env env;
  const auto joe = env.accounts.Create(env.admin, {kUser, "Joe", "", "joe@example.com", ""});
  const auto first = env.tokens.Issue(env.admin, kUser, env.jane.id, {"first", std::nullopt});
  const auto jane = env.Scope(first->text);
  const auto second = env.tokens.Issue(jane, kUser, env.jane.id, {"second", std::nullopt});
  REQUIRE(second.ok());
  CHECK(env.tokens.List(jane, kUser, env.jane.id)->size() == 2);
  CHECK(env.tokens.Revoke(jane, kUser, env.jane.id, second->record.id).ok());
  const auto denied = absl::StatusCode::kPermissionDenied;
  CHECK(env.tokens.Issue(jane, kUser, joe->id, {"x", std::nullopt}).status().code() == denied);
  CHECK(env.tokens.List(jane, kUser, joe->id).status().code() == denied);
  CHECK(env.tokens.List(jane, kUser, model::AccountId("none")).status().code() == denied);
}

TEST_CASE("tokens end within twelve months, and only so many are good at a time") {
  Env env;
  const auto field = [&](CreateToken request) {
    return env.FieldAtFault(env.tokens.Issue(env.admin, kUser, env.jane.id, request).status());
  };
  CHECK(field({"", std::nullopt}) == "name");
  CHECK(field({std::string(101, 'x'), std::nullopt}) == "name");
  CHECK(field({"t", env.clock.Now()}) == "expires_at");
  CHECK(field({"t", env.clock.Now() + limits::kTokenLifeMax + absl::Seconds(1)}) == "expires_at");

  std::vector<model::TokenId> ids;
  for (size_t i = 0; i < limits::kPersonalTokensPerUser; ++i) {
    const auto issued =
        env.tokens.Issue(env.admin, kUser, env.jane.id, {"t", env.clock.Now() + absl::Hours(1)});
    REQUIRE(issued.ok());
    ids.push_back(issued->record.id);
  }
  const auto one_more = [&] {
    return env.tokens.Issue(env.admin, kUser, env.jane.id, {"t", std::nullopt}).status();
  };
  CHECK(absl::IsResourceExhausted(one_more()));
  REQUIRE(env.tokens.Revoke(env.admin, kUser, env.jane.id, ids.front()).ok());
  CHECK(one_more().ok());
  CHECK(absl::IsResourceExhausted(one_more()));
  env.fake_clock.Advance(absl::Hours(1));
  CHECK(one_more().ok());
  CHECK(StateOf(*env.tokens.Get(env.admin, kUser, env.jane.id, ids.back()), env.clock.Now()) ==
        TokenState::kExpired);
}

TEST_CASE("tokens that are no good make room for new ones") {
  Env env;
  for (size_t i = 0; i < limits::kTokensPerAccount + 5; ++i) {
    const auto issued = env.tokens.Issue(env.admin, kSystem, env.robot.id, {"t", std::nullopt});
    REQUIRE(issued.ok());
    REQUIRE(env.tokens.Delete(env.admin, kSystem, env.robot.id, issued->record.id).ok());
  }
  CHECK(env.tokens.List(env.admin, kSystem, env.robot.id)->empty());
}

TEST_CASE("one call makes a token that reads one control plane and nothing else") {
  Env env;
  const auto one = env.store.NewControlPlane(env.organization, "one");
  const auto two = env.store.NewControlPlane(env.organization, "two");
  const auto owner = env.As(Role::kAdmin, &one);
  const auto shared = env.tokens.Share(owner, one.id, {});
  REQUIRE(shared.ok());
  CHECK(shared->token.record.expires_at == env.clock.Now() + limits::kSharedTokenLife);
  const auto caller = env.authenticator.Authenticate(shared->token.text);
  REQUIRE(caller.ok());
  CHECK(env.authenticator.Enter(*caller, one.id)->role() == Role::kViewer);
  CHECK(absl::IsNotFound(env.authenticator.Enter(*caller, two.id).status()));
  CHECK(env.accounts.Get(env.admin, kSystem, shared->account.id).ok());

  CHECK(env.tokens.Share(owner, one.id, {"named", env.clock.Now() + absl::Hours(1)}).ok());
  CHECK(absl::IsAlreadyExists(env.tokens.Share(owner, one.id, {"named", {}}).status()));
  CHECK(absl::IsNotFound(env.tokens.Share(owner, two.id, {}).status()));
  CHECK(
      absl::IsPermissionDenied(env.tokens.Share(env.As(Role::kViewer, &one), one.id, {}).status()));
  CHECK(absl::IsPermissionDenied(env.tokens.Share(env.As(Role::kCreator), one.id, {}).status()));
  const auto theirs = env.store.NewControlPlane(env.store.NewOrganization("other"), "theirs");
  CHECK(env.tokens.Share(env.admin, theirs.id, {}).status() ==
        env.tokens.Share(env.admin, model::ControlPlaneId("none"), {}).status());
}

}  // namespace
}  // namespace skyden::identity
