// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/authenticator.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "identity/base62.h"
#include "skyden/base/crypto.h"
#include "skyden/identity/permissions.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/change.h"
#include "skyden/store/directory_tx.h"
#include "tests/env/test_store.h"

namespace skyden::identity {
namespace {

using model::Role;

struct Env {
  base::FakeClock clock;
  TestStore store;
  Authenticator authenticator{{*store, clock}};
  model::OrganizationKey organization = store.NewOrganization("default");
};

std::string Answer(const absl::Status& status) { return status.ToString(); }

// The same shape, id and a right checksum, but another secret.
std::string WithOtherSecret(const std::string& text) {
  const std::string other = GenerateToken(TokenKind::kSystemAccount).text;
  std::string mixed = text.substr(0, 20) + other.substr(20, other.size() - 26);
  const auto digest = base::Sha256(mixed);
  uint32_t bits = 0;
  for (size_t i = 0; i < 4; ++i) bits = (bits << 8) | digest[i];
  return mixed + Base62OfUint32(bits);
}

TEST_CASE("a token makes its account the caller") {
  Env env;
  const auto token = env.store.NewToken(env.organization, Role::kOperator);
  for (const std::string& authorization : {token.text, "Bearer " + token.text}) {
    const auto caller = env.authenticator.Authenticate(authorization);
    REQUIRE(caller.ok());
    CHECK(caller->principal.kind == model::Principal::Kind::kSystemAccount);
    CHECK(caller->principal.id == token.account.id.str());
    CHECK(caller->access->IsOperator());
    CHECK(caller->organization == env.organization);
    CHECK(caller->zone.empty());
    CHECK(caller->token == token.record.id);
    CHECK(caller->principal.groups ==
          std::vector<std::string>{"mesh-system:admin", "mesh-system:authenticated"});
  }
}

TEST_CASE("a missing token and a wrong one are the only two answers") {
  Env env;
  const auto known = env.store.NewToken(env.organization, Role::kAdmin);
  const auto revoked = env.store.NewToken(env.organization, Role::kAdmin);
  const auto expired = env.store.NewToken(env.organization, Role::kAdmin, nullptr, "",
                                          env.clock.Now() - absl::Seconds(1));
  REQUIRE(env.store
              ->WriteDirectory(TestStore::Organization(env.organization),
                               [&](store::DirectoryTx& tx) {
                                 return tx.RevokeToken(revoked.record.id, env.clock.Now());
                               })
              .ok());
  for (const char* nothing : {"", "  "}) {
    CHECK(Answer(env.authenticator.Authenticate(nothing).status()) ==
          "UNAUTHENTICATED: a token is required");
  }
  const std::string wrong = "UNAUTHENTICATED: the token is not valid";
  for (const std::string& text :
       {std::string("x"), std::string("Basic dXNlcjpwYXNz"), known.text + "x",
        GenerateToken(TokenKind::kSystemAccount).text, WithOtherSecret(known.text), revoked.text,
        expired.text, std::string("a.b.c"), std::string(1'000'000, 'a')}) {
    CHECK(Answer(env.authenticator.Authenticate(text).status()) == wrong);
  }
  // The wrong secret did not spoil the right one, cached or not.
  CHECK(env.authenticator.Authenticate(known.text).ok());
  CHECK(Answer(env.authenticator.Authenticate(WithOtherSecret(known.text)).status()) == wrong);
  CHECK(env.authenticator.Authenticate(known.text).ok());
}

TEST_CASE("a signed-in caller costs no further read") {
  Env env;
  const auto control_plane = env.store.NewControlPlane(env.organization, "one");
  const auto token = env.store.NewToken(env.organization, Role::kAdmin);
  const auto enter = [&] {
    const auto caller = env.authenticator.Authenticate(token.text);
    return caller.ok() && env.authenticator.Enter(*caller, control_plane.id).ok();
  };
  REQUIRE(enter());
  const uint64_t reads = env.store->counters().reads;
  for (int i = 0; i < 100; ++i) REQUIRE(enter());
  CHECK(env.store->counters().reads == reads);
}

TEST_CASE("expiry is looked at on every use, cached or not") {
  Env env;
  const auto token = env.store.NewToken(env.organization, Role::kAdmin, nullptr, "",
                                        env.clock.Now() + absl::Minutes(1));
  CHECK(env.authenticator.Authenticate(token.text).ok());
  env.clock.Advance(absl::Seconds(59));
  CHECK(env.authenticator.Authenticate(token.text).ok());
  env.clock.Advance(absl::Seconds(1));
  CHECK_FALSE(env.authenticator.Authenticate(token.text).ok());
}

TEST_CASE("revocation ends a cached token at once and tells the listeners") {
  Env env;
  std::vector<model::TokenId> told;
  env.authenticator.AddAccessListener([&told](const store::Change& change) {
    told.insert(told.end(), change.tokens.begin(), change.tokens.end());
  });
  const auto token = env.store.NewToken(env.organization, Role::kAdmin);
  REQUIRE(env.authenticator.Authenticate(token.text).ok());
  REQUIRE(env.store
              ->WriteDirectory(TestStore::Organization(env.organization),
                               [&](store::DirectoryTx& tx) {
                                 return tx.RevokeToken(token.record.id, env.clock.Now());
                               })
              .ok());
  CHECK_FALSE(env.authenticator.Authenticate(token.text).ok());
  CHECK(told == std::vector<model::TokenId>{token.record.id});
}

TEST_CASE("another's control plane looks exactly like one that is not there") {
  Env env;
  const auto other = env.store.NewOrganization("other");
  const auto mine = env.store.NewControlPlane(env.organization, "mine");
  const auto mine_too = env.store.NewControlPlane(env.organization, "mine too");
  const auto theirs = env.store.NewControlPlane(other, "theirs");
  const model::ControlPlaneId missing(base::RandomUuid());

  const auto all =
      env.authenticator.Authenticate(env.store.NewToken(env.organization, Role::kAdmin).text);
  REQUIRE(all.ok());
  const auto scope = env.authenticator.Enter(*all, mine.id);
  REQUIRE(scope.ok());
  CHECK(scope->tenant() == mine.tenant);
  CHECK(scope->control_plane() == mine.id);
  CHECK(scope->organization() == env.organization);
  CHECK(scope->role() == Role::kAdmin);
  CHECK(env.authenticator.Enter(*all, mine_too.id).ok());

  const auto bound = env.authenticator.Authenticate(
      env.store.NewToken(env.organization, Role::kAdmin, &mine).text);
  REQUIRE(bound.ok());
  CHECK(env.authenticator.Enter(*bound, mine.id).ok());

  const std::string not_found = Answer(env.authenticator.Enter(*all, missing).status());
  CHECK(not_found == "NOT_FOUND: control plane not found");
  CHECK(Answer(env.authenticator.Enter(*all, theirs.id).status()) == not_found);
  CHECK(Answer(env.authenticator.Enter(*bound, missing).status()) == not_found);
  CHECK(Answer(env.authenticator.Enter(*bound, mine_too.id).status()) == not_found);
  CHECK(Answer(env.authenticator.Enter(*bound, theirs.id).status()) == not_found);
}

TEST_CASE("who holds a role on one control plane knows of no other") {
  Env env;
  const auto mine = env.store.NewControlPlane(env.organization, "mine");
  const auto other = env.store.NewControlPlane(env.organization, "other");
  const auto bound = env.authenticator.Authenticate(
      env.store.NewToken(env.organization, Role::kAdmin, &mine).text);
  REQUIRE(bound.ok());
  const auto scope = env.authenticator.EnterOrganization(*bound);
  REQUIRE(scope.ok());
  CHECK(scope->access().Changes(mine.tenant));
  CHECK_FALSE(scope->access().Knows(other.tenant));
  CHECK_FALSE(scope->access().Administrates());
  CHECK_FALSE(Authenticator::EnterSystem(*scope).ok());
  // Inside its own it is an administrator for Kuma's clients as well.
  CHECK(env.authenticator.Enter(*bound, mine.id)->who().groups.front() == "mesh-system:admin");
}

TEST_CASE("roles add up, and each opens what it is for") {
  Env env;
  const auto mine = env.store.NewControlPlane(env.organization, "mine");
  const auto enter = [&](Role role) {
    const auto token = env.store.NewToken(env.organization, role, &mine);
    return env.authenticator.Enter(*env.authenticator.Authenticate(token.text), mine.id);
  };
  CHECK(enter(Role::kAdmin)->role() == Role::kAdmin);
  CHECK(enter(Role::kViewer)->role() == Role::kViewer);
  CHECK(enter(Role::kConnector).status().code() == absl::StatusCode::kPermissionDenied);
  const auto creator =
      env.authenticator.Authenticate(env.store.NewToken(env.organization, Role::kCreator).text);
  CHECK(env.authenticator.Enter(*creator, mine.id).status().code() ==
        absl::StatusCode::kPermissionDenied);

  const auto both = env.store.NewToken(env.organization, Role::kConnector, &mine);
  store::RoleRecord viewer;
  viewer.id = model::RoleId("viewer");
  viewer.account = both.account.id;
  viewer.role = Role::kViewer;
  REQUIRE(env.store
              ->WriteDirectory(TestStore::Organization(env.organization),
                               [&](store::DirectoryTx& tx) { return tx.InsertRole(viewer); })
              .ok());
  const auto caller = env.authenticator.Authenticate(both.text);
  CHECK(env.authenticator.Enter(*caller, mine.id)->role() == Role::kViewer);
  CHECK(env.authenticator.AuthenticateZone(both.text, std::nullopt, "zone-1").ok());
}

TEST_CASE("while a control plane is suspended its scope is read-only and says why") {
  Env env;
  const auto mine = env.store.NewControlPlane(env.organization, "mine");
  const auto caller =
      env.authenticator.Authenticate(env.store.NewToken(env.organization, Role::kAdmin).text);
  const absl::Time until = env.clock.Now() + absl::Hours(1);
  REQUIRE(env.store
              ->WriteDirectory(TestStore::Organization(env.organization),
                               [&](store::DirectoryTx& tx) {
                                 return tx.SetSuspension(
                                     mine.id, store::Suspension{env.clock.Now(), until, "unpaid"});
                               })
              .ok());
  const auto suspended = env.authenticator.Enter(*caller, mine.id);
  REQUIRE(suspended.ok());
  CHECK(suspended->read_only() ==
        "the control plane is suspended (unpaid) until 2023-11-14T23:13:20Z");
  CHECK(CheckMay(*suspended, model::Action::kRead).ok());
  CHECK(CheckMay(*suspended, model::Action::kManage).code() ==
        absl::StatusCode::kFailedPrecondition);
  // It ends by itself, with nobody looking at a clock meanwhile.
  env.clock.Advance(absl::Hours(1));
  const auto resumed = env.authenticator.Enter(*caller, mine.id);
  CHECK(resumed->read_only().empty());
  CHECK(CheckMay(*resumed, model::Action::kManage).ok());
}

TEST_CASE("a use is noted now and then, and not with every request") {
  Env env;
  const auto token = env.store.NewToken(env.organization, Role::kAdmin);
  const auto used_at = [&] {
    // Writes are done in turn: this one comes after what was handed in before.
    REQUIRE(env.store
                ->WriteDirectory(TestStore::Organization(env.organization),
                                 [](store::DirectoryTx&) { return absl::OkStatus(); })
                .ok());
    return env.store->FindToken(model::SystemScope::For("test"), token.record.id)
        ->value()
        .token.last_used_at;
  };
  CHECK_FALSE(used_at().has_value());
  const absl::Time first = env.clock.Now();
  REQUIRE(env.authenticator.Authenticate(token.text).ok());
  CHECK(used_at() == first);
  const uint64_t writes = env.store->counters().writes;
  for (int i = 0; i < 50; ++i) {
    env.clock.Advance(absl::Seconds(1));
    REQUIRE(env.authenticator.Authenticate(token.text).ok());
  }
  CHECK(used_at() == first);
  CHECK(env.store->counters().writes == writes);
  env.clock.Advance(absl::Seconds(10));
  REQUIRE(env.authenticator.Authenticate(token.text).ok());
  CHECK(used_at() == env.clock.Now());
}

TEST_CASE("the tokens of an account that is not active are refused") {
  Env env;
  auto token = env.store.NewToken(env.organization, Role::kAdmin);
  REQUIRE(env.authenticator.Authenticate(token.text).ok());
  token.account.active = false;
  REQUIRE(
      env.store
          ->WriteDirectory(TestStore::Organization(env.organization),
                           [&](store::DirectoryTx& tx) { return tx.UpdateAccount(token.account); })
          .ok());
  CHECK(Answer(env.authenticator.Authenticate(token.text).status()) ==
        "UNAUTHENTICATED: the token is not valid");
}

TEST_CASE("a zone's token opens no API") {
  Env env;
  const auto mine = env.store.NewControlPlane(env.organization, "mine");
  const auto zone = env.authenticator.Authenticate(
      env.store.NewToken(env.organization, Role::kConnector, &mine, "zone-1").text);
  REQUIRE(zone.ok());
  CHECK(zone->zone.str() == "zone-1");
  CHECK(env.authenticator.Enter(*zone, mine.id).status().code() ==
        absl::StatusCode::kPermissionDenied);
  CHECK(env.authenticator.EnterOrganization(*zone).status().code() ==
        absl::StatusCode::kPermissionDenied);
}

TEST_CASE("a deleted control plane takes the roles on it with it") {
  Env env;
  std::optional<model::TenantKey> told;
  env.authenticator.AddAccessListener([&told](const store::Change& change) {
    if (change.self == store::Change::Self::kGone) told = change.tenant;
  });
  const auto mine = env.store.NewControlPlane(env.organization, "mine");
  const auto bound = env.store.NewToken(env.organization, Role::kAdmin, &mine);
  const auto all = env.store.NewToken(env.organization, Role::kAdmin);
  const auto caller = env.authenticator.Authenticate(all.text);
  REQUIRE(env.authenticator.Authenticate(bound.text).ok());
  REQUIRE(env.authenticator.Enter(*caller, mine.id).ok());
  REQUIRE(env.store
              ->WriteDirectory(
                  TestStore::Organization(env.organization),
                  [&](store::DirectoryTx& tx) { return tx.DeleteControlPlane(mine.id).status(); })
              .ok());
  CHECK(told == mine.tenant);
  const auto left = env.authenticator.Authenticate(bound.text);
  REQUIRE(left.ok());
  CHECK(env.authenticator.Enter(*left, mine.id).status().code() == absl::StatusCode::kNotFound);
  CHECK(env.authenticator.Enter(*caller, mine.id).status().code() == absl::StatusCode::kNotFound);
  CHECK(env.authenticator.Authenticate(all.text).ok());
}

TEST_CASE("a Kuma user's token works at the control plane that issued it only") {
  Env env;
  const auto mine = env.store.NewControlPlane(env.organization, "mine");
  const auto other = env.store.NewControlPlane(env.organization, "other");
  CHECK(Answer(env.authenticator.AuthenticateKumaUser(mine.id, "a.b.c").status()) ==
        "UNAUTHENTICATED: the token is not valid");
  absl::Status trouble;
  env.authenticator.SetKumaTokenVerifier(
      [&](const model::TenantScope& scope,
          std::string_view jwt) -> absl::StatusOr<Authenticator::KumaToken> {
        if (!trouble.ok()) return trouble;
        if (scope.tenant() != mine.tenant) return absl::UnauthenticatedError("wrong key");
        Authenticator::KumaToken token;
        token.name = "jane";
        if (jwt == "a.b.admin") token.groups = {"mesh-system:admin"};
        if (jwt == "a.b.zone") token.kind = Authenticator::KumaToken::Kind::kZone;
        return token;
      });
  const auto viewer = env.authenticator.AuthenticateKumaUser(mine.id, "Bearer a.b.c");
  REQUIRE(viewer.ok());
  CHECK(viewer->role() == Role::kViewer);
  CHECK(viewer->who().name == "jane");
  CHECK(viewer->who().kind == model::Principal::Kind::kKumaUser);
  CHECK(viewer->tenant() == mine.tenant);
  CHECK(env.authenticator.AuthenticateKumaUser(mine.id, "a.b.admin")->role() == Role::kAdmin);

  const std::string wrong = "UNAUTHENTICATED: the token is not valid";
  const model::ControlPlaneId missing(base::RandomUuid());
  CHECK(Answer(env.authenticator.AuthenticateKumaUser(other.id, "a.b.c").status()) == wrong);
  CHECK(Answer(env.authenticator.AuthenticateKumaUser(missing, "a.b.c").status()) == wrong);
  CHECK(Answer(env.authenticator.AuthenticateKumaUser(mine.id, "a.b.zone").status()) == wrong);
  CHECK(Answer(env.authenticator.AuthenticateKumaUser(mine.id, "").status()) ==
        "UNAUTHENTICATED: a token is required");
  trouble = absl::UnavailableError("the store is closing");
  CHECK(env.authenticator.AuthenticateKumaUser(mine.id, "a.b.c").status().code() ==
        absl::StatusCode::kUnavailable);
}

TEST_CASE("each role may do what it is for and nothing else") {
  const auto scope = [](Role role) {
    Env env;
    const auto mine = env.store.NewControlPlane(env.organization, "mine");
    const auto token = env.store.NewToken(env.organization, role);
    return *env.authenticator.Enter(*env.authenticator.Authenticate(token.text), mine.id);
  };
  for (const Role role : {Role::kAdmin, Role::kOperator}) {
    const auto admin = scope(role);
    CHECK(CheckMay(admin, model::Action::kRead).ok());
    CHECK(CheckMay(admin, model::Action::kReadSecrets).ok());
    CHECK(CheckMay(admin, model::Action::kManage).ok());
  }
  const auto viewer = scope(Role::kViewer);
  CHECK(CheckMay(viewer, model::Action::kRead).ok());
  CHECK(CheckMay(viewer, model::Action::kReadSecrets).code() ==
        absl::StatusCode::kPermissionDenied);
  CHECK(CheckMay(viewer, model::Action::kManage).code() == absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace skyden::identity
