// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "skyden/base/crypto.h"
#include "skyden/base/status.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/env/test_store.h"

namespace skyden::identity {
namespace {

using model::Role;

struct Env {
  base::FakeClock clock;
  TestStore store;
  Authenticator authenticator{{*store, clock}};
  model::OrganizationKey organization = store.NewOrganization("default");
  store::ControlPlaneRecord mine = store.NewControlPlane(organization, "mine");
  store::ControlPlaneRecord other = store.NewControlPlane(organization, "other");
};

// "code: text" of a refusal, to be compared whole: people act on it.
template <class T>
std::string Refusal(const absl::StatusOr<T>& result) {
  REQUIRE_FALSE(result.ok());
  return result.status().ToString();
}

std::string Jwt(const std::string& payload) {
  return base::Base64UrlEncode(R"({"alg":"RS256"})") + "." + base::Base64UrlEncode(payload) +
         ".c2ln";
}

TEST_CASE("a provisioned token lets its zone in, with and without an address") {
  Env env;
  const auto token = env.store.NewToken(env.organization, Role::kConnector, &env.mine, "zone-1");
  for (const auto& address : {std::optional<model::ControlPlaneId>(), {env.mine.id}}) {
    const auto zone = env.authenticator.AuthenticateZone(token.text, address, "zone-1");
    REQUIRE(zone.ok());
    CHECK(zone->zone.str() == "zone-1");
    CHECK(zone->scope.tenant() == env.mine.tenant);
    CHECK(zone->scope.control_plane() == env.mine.id);
    CHECK(zone->scope.role() == Role::kConnector);
    CHECK(zone->scope.who().kind == model::Principal::Kind::kZone);
    CHECK(zone->token == token.record.id);
    CHECK(zone->expires_at == absl::InfiniteFuture());
  }
  CHECK(env.authenticator.AuthenticateZone("Bearer " + token.text, env.mine.id, "zone-1").ok());
}

TEST_CASE("every refusal of a zone names its reason") {
  Env env;
  const auto good = env.store.NewToken(env.organization, Role::kConnector, &env.mine, "zone-1");
  const auto revoked = env.store.NewToken(env.organization, Role::kConnector, &env.mine, "zone-1");
  const auto expired =
      env.store.NewToken(env.organization, Role::kConnector, &env.mine, "zone-1", env.clock.Now());
  const auto viewer = env.store.NewToken(env.organization, Role::kViewer, &env.mine);
  REQUIRE(env.store
              ->WriteDirectory(TestStore::Organization(env.organization),
                               [&](store::DirectoryTx& tx) {
                                 return tx.RevokeToken(revoked.record.id, env.clock.Now());
                               })
              .ok());
  const auto refusal = [&](const std::string& token, const std::string& zone = "zone-1",
                           std::optional<model::ControlPlaneId> address = std::nullopt) {
    return Refusal(env.authenticator.AuthenticateZone(token, address, zone));
  };
  CHECK(refusal("") ==
        "UNAUTHENTICATED: the zone presented no token: put one into its global address "
        "(grpcs://<control plane id>:<token>@host:port) or into the metadata `authorization`");
  const std::string malformed =
      "UNAUTHENTICATED: the zone's token is not a complete token: it was cut or mistyped";
  CHECK(refusal(good.text.substr(0, 40)) == malformed);
  CHECK(refusal(std::string(100'000, 'x')) == malformed);
  CHECK(refusal(GenerateToken(TokenKind::kSystemAccount).text) ==
        "UNAUTHENTICATED: the zone's token is not known: it was never issued here, or it ended "
        "with its zone, account or control plane");
  CHECK(refusal(expired.text) ==
        "UNAUTHENTICATED: the zone's token expired at 2023-11-14T22:13:20Z");
  CHECK(refusal(revoked.text) ==
        "UNAUTHENTICATED: the zone's token was revoked at 2023-11-14T22:13:20Z");
  CHECK(refusal(viewer.text, "zone-1", env.mine.id) ==
        "PERMISSION_DENIED: the token's role may not connect zones");
  CHECK(refusal(good.text, "zone-2") ==
        "PERMISSION_DENIED: the token belongs to zone \"zone-1\", not to zone \"zone-2\"");
  CHECK(refusal(good.text, "") ==
        "PERMISSION_DENIED: the zone did not say its name (metadata `client-id`)");
  CHECK(refusal(good.text, "Zone_1")
            .starts_with("PERMISSION_DENIED: the zone's name is not valid: "));
  CHECK(refusal(good.text, std::string(64, 'z'))
            .starts_with("PERMISSION_DENIED: the zone's name is not valid: "));
  CHECK(refusal(good.text, "zone-1", env.other.id) ==
        "PERMISSION_DENIED: the zone's token does not belong to the control plane \"" +
            env.other.id.str() + "\" that its address names");
}

// Whose list and audit a refused zone belongs in.
TEST_CASE(
    "a refused credential is its issuer's business when it is genuine, and nobody's otherwise") {
  Env env;
  const auto good = env.store.NewToken(env.organization, Role::kConnector, &env.mine, "zone-1");
  const auto expired =
      env.store.NewToken(env.organization, Role::kConnector, &env.mine, "zone-1", env.clock.Now());
  const auto shown_by = [&](const std::string& token, const std::string& zone = "zone-1",
                            std::optional<model::ControlPlaneId> address = std::nullopt) {
    std::optional<ShownCredential> shown;
    CHECK_FALSE(env.authenticator.AuthenticateZone(token, address, zone, &shown).ok());
    return shown;
  };
  CHECK(shown_by(expired.text)->tenant == env.mine.tenant);
  CHECK(shown_by(good.text, "zone-2")->tenant == env.mine.tenant);
  // A token of one control plane shown at another is the first one's.
  CHECK(shown_by(good.text, "zone-1", env.other.id)->control_plane == env.mine.id);
  CHECK(shown_by(good.text, "zone-1", env.other.id)->organization == env.organization);

  CHECK_FALSE(shown_by("nonsense", "zone-1", env.mine.id).has_value());
  const std::string unknown = GenerateToken(TokenKind::kSystemAccount).text;
  CHECK_FALSE(shown_by(unknown, "zone-1", env.mine.id).has_value());
  // Of the whole organization, at a control plane of another: only the organization is known.
  const auto stranger = env.store.NewOrganization("stranger");
  const auto theirs = env.store.NewControlPlane(stranger, "theirs");
  const auto wide = env.store.NewToken(env.organization, Role::kConnector);
  const auto shown = shown_by(wide.text, "zone-1", theirs.id);
  CHECK(shown->organization == env.organization);
  CHECK(shown->control_plane.empty());
}

TEST_CASE("a zone token is genuine when the control plane signed it, whatever ended it") {
  Env env;
  absl::Status trouble = absl::UnauthenticatedError("token signature is invalid");
  env.authenticator.SetKumaTokenVerifier(
      [&](const model::TenantScope&, std::string_view) -> absl::StatusOr<Authenticator::KumaToken> {
        return trouble;
      });
  std::optional<ShownCredential> shown;
  const auto sign_in = [&] {
    return env.authenticator.AuthenticateZone(Jwt("{}"), env.mine.id, "zone-1", &shown);
  };
  CHECK_FALSE(sign_in().ok());
  CHECK_FALSE(shown.has_value());
  trouble = base::AsGenuine(absl::UnauthenticatedError("token is expired"));
  CHECK_FALSE(sign_in().ok());
  REQUIRE(shown.has_value());
  CHECK(shown->control_plane == env.mine.id);
}

TEST_CASE("a token of the organization connects zones of its control planes only") {
  Env env;
  const auto stranger = env.store.NewOrganization("stranger");
  const auto theirs = env.store.NewControlPlane(stranger, "theirs");
  const auto token = env.store.NewToken(env.organization, Role::kConnector);
  const auto zone = env.authenticator.AuthenticateZone(token.text, env.mine.id, "any-zone");
  REQUIRE(zone.ok());
  CHECK(zone->scope.tenant() == env.mine.tenant);
  CHECK(zone->zone.str() == "any-zone");
  CHECK(Refusal(env.authenticator.AuthenticateZone(token.text, std::nullopt, "any-zone"))
            .starts_with("UNAUTHENTICATED: the zone's token does not say which control plane"));
  const model::ControlPlaneId missing(base::RandomUuid());
  for (const auto& id : {theirs.id, missing}) {
    CHECK(Refusal(env.authenticator.AuthenticateZone(token.text, id, "any-zone")) ==
          "PERMISSION_DENIED: the zone's token does not belong to the control plane \"" + id.str() +
              "\" that its address names");
  }
}

TEST_CASE("a zone token signed by the control plane lets its zone in") {
  Env env;
  std::string asked;
  env.authenticator.SetKumaTokenVerifier(
      [&](const model::TenantScope& scope,
          std::string_view jwt) -> absl::StatusOr<Authenticator::KumaToken> {
        asked = jwt;
        if (scope.tenant() != env.mine.tenant) {
          return absl::UnauthenticatedError("the signature is not valid");
        }
        Authenticator::KumaToken token;
        token.kind = Authenticator::KumaToken::Kind::kZone;
        token.name = "zone-1";
        token.scopes = {"ingress", "cp"};
        token.expires_at = absl::FromUnixSeconds(1'700'000'100);
        return token;
      });
  const std::string plain = Jwt(R"({"Zone":"zone-1","Scope":["cp"]})");
  const auto zone = env.authenticator.AuthenticateZone(plain, env.mine.id, "zone-1");
  REQUIRE(zone.ok());
  CHECK(asked == plain);
  CHECK(zone->scope.tenant() == env.mine.tenant);
  CHECK_FALSE(zone->token.has_value());
  CHECK(zone->expires_at == absl::FromUnixSeconds(1'700'000'100));

  SECTION("without an address its issuer picks the keys") {
    const std::string issued = Jwt(R"({"iss":")" + env.mine.id.str() + R"(","x":{"iss":1}})");
    CHECK(env.authenticator.AuthenticateZone(issued, std::nullopt, "zone-1").ok());
    const std::string foreign = Jwt(R"({"iss":")" + env.other.id.str() + R"("})");
    CHECK(Refusal(env.authenticator.AuthenticateZone(foreign, std::nullopt, "zone-1")) ==
          "UNAUTHENTICATED: the zone token is not valid for this control plane: the signature is "
          "not valid");
    for (const std::string& nothing :
         {plain, Jwt("not json"), Jwt("[1]"), Jwt(R"({"iss":7})"), Jwt(R"({"iss":"x"})"),
          Jwt(std::string(4000, '[')), std::string("..")}) {
      CHECK(Refusal(env.authenticator.AuthenticateZone(nothing, std::nullopt, "zone-1"))
                .starts_with("UNAUTHENTICATED: the zone's token does not say which"));
    }
  }
  SECTION("another control plane refuses it, there or not") {
    CHECK(Refusal(env.authenticator.AuthenticateZone(plain, env.other.id, "zone-1"))
              .starts_with("UNAUTHENTICATED: the zone token is not valid for this control plane"));
    CHECK(Refusal(env.authenticator.AuthenticateZone(
                      plain, model::ControlPlaneId(base::RandomUuid()), "zone-1"))
              .starts_with("UNAUTHENTICATED: the zone token is not valid for this control plane"));
  }
  SECTION("another zone is refused") {
    CHECK(Refusal(env.authenticator.AuthenticateZone(plain, env.mine.id, "zone-2")) ==
          "PERMISSION_DENIED: the token belongs to zone \"zone-1\", not to zone \"zone-2\"");
  }
  SECTION("a live stream learns that it expired") {
    CHECK(env.authenticator.CheckStillValid(*zone).ok());
    env.clock.Advance(absl::Seconds(100));
    CHECK(env.authenticator.CheckStillValid(*zone).code() == absl::StatusCode::kUnauthenticated);
  }
}

TEST_CASE("a zone token without the scope cp, or a user's, connects nothing") {
  Env env;
  Authenticator::KumaToken token;
  token.name = "zone-1";
  token.kind = Authenticator::KumaToken::Kind::kZone;
  token.scopes = {"ingress", "egress"};
  absl::Status trouble;
  env.authenticator.SetKumaTokenVerifier(
      [&](const model::TenantScope&, std::string_view) -> absl::StatusOr<Authenticator::KumaToken> {
        if (!trouble.ok()) return trouble;
        return token;
      });
  const auto sign_in = [&] {
    return env.authenticator.AuthenticateZone(Jwt("{}"), env.mine.id, "zone-1");
  };
  const std::string no_scope =
      "PERMISSION_DENIED: the zone token lacks the scope \"cp\", which a zone control plane needs";
  CHECK(Refusal(sign_in()) == no_scope);
  token.kind = Authenticator::KumaToken::Kind::kUser;
  token.scopes = {"cp"};
  CHECK(Refusal(sign_in()) == no_scope);
  token.kind = Authenticator::KumaToken::Kind::kZone;
  CHECK(sign_in().ok());
  trouble = absl::UnavailableError("the store is closing");
  CHECK(sign_in().status().code() == absl::StatusCode::kUnavailable);
}

TEST_CASE("a live stream learns that its token or control plane ended") {
  Env env;
  const auto token = env.store.NewToken(env.organization, Role::kConnector, &env.mine, "zone-1");
  const auto zone = env.authenticator.AuthenticateZone(token.text, std::nullopt, "zone-1");
  REQUIRE(zone.ok());
  CHECK(env.authenticator.CheckStillValid(*zone).ok());
  SECTION("revoked") {
    REQUIRE(env.store
                ->WriteDirectory(TestStore::Organization(env.organization),
                                 [&](store::DirectoryTx& tx) {
                                   return tx.RevokeToken(token.record.id, env.clock.Now());
                                 })
                .ok());
  }
  SECTION("its zone was deleted") {
    REQUIRE(env.store
                ->Write(TestStore::Tenant(env.mine),
                        [&](store::WriteTx& tx) {
                          return tx.DeleteZoneCredentials(model::ZoneName("zone-1")).status();
                        })
                .ok());
  }
  SECTION("its control plane was deleted") {
    REQUIRE(env.store
                ->WriteDirectory(TestStore::Organization(env.organization),
                                 [&](store::DirectoryTx& tx) {
                                   return tx.DeleteControlPlane(env.mine.id).status();
                                 })
                .ok());
  }
  CHECK(env.authenticator.CheckStillValid(*zone).code() == absl::StatusCode::kUnauthenticated);
  CHECK_FALSE(env.authenticator.AuthenticateZone(token.text, std::nullopt, "zone-1").ok());
}

TEST_CASE("a live stream learns that its role is gone, or that the control plane is suspended") {
  Env env;
  const auto token = env.store.NewToken(env.organization, Role::kConnector, &env.mine);
  // With a role on one control plane only, the address need not name it.
  const auto zone = env.authenticator.AuthenticateZone(token.text, std::nullopt, "zone-1");
  REQUIRE(zone.ok());
  CHECK(zone->scope.tenant() == env.mine.tenant);
  CHECK(env.authenticator.CheckStillValid(*zone).ok());
  const auto directory = [&](auto fn) {
    REQUIRE(env.store->WriteDirectory(TestStore::Organization(env.organization), fn).ok());
  };
  SECTION("the role is gone") {
    directory([&](store::DirectoryTx& tx) { return tx.DeleteRole(token.account.id, token.role); });
    CHECK(env.authenticator.CheckStillValid(*zone).code() == absl::StatusCode::kPermissionDenied);
    CHECK_FALSE(env.authenticator.AuthenticateZone(token.text, std::nullopt, "zone-1").ok());
    CHECK(Refusal(env.authenticator.AuthenticateZone(token.text, env.mine.id, "zone-1"))
              .starts_with("PERMISSION_DENIED: the zone's token does not belong to"));
  }
  SECTION("suspended, until the time has come") {
    const store::Suspension suspension{env.clock.Now(), env.clock.Now() + absl::Minutes(5), "rest"};
    directory([&](store::DirectoryTx& tx) { return tx.SetSuspension(env.mine.id, suspension); });
    const std::string refusal =
        "UNAVAILABLE: the control plane is suspended (rest) until 2023-11-14T22:18:20Z";
    CHECK(env.authenticator.CheckStillValid(*zone).ToString() == refusal);
    CHECK(Refusal(env.authenticator.AuthenticateZone(token.text, std::nullopt, "zone-1")) ==
          refusal);
    env.clock.Advance(absl::Minutes(5));
    CHECK(env.authenticator.CheckStillValid(*zone).ok());
    CHECK(env.authenticator.AuthenticateZone(token.text, std::nullopt, "zone-1").ok());
  }
}

TEST_CASE("a token with roles on several control planes must say which it is for") {
  Env env;
  const auto token = env.store.NewToken(env.organization, Role::kConnector, &env.mine);
  store::RoleRecord second;
  second.id = model::RoleId("second");
  second.account = token.account.id;
  second.role = Role::kConnector;
  second.tenant = env.other.tenant;
  second.control_plane = env.other.id;
  REQUIRE(env.store
              ->WriteDirectory(TestStore::Organization(env.organization),
                               [&](store::DirectoryTx& tx) { return tx.InsertRole(second); })
              .ok());
  CHECK(Refusal(env.authenticator.AuthenticateZone(token.text, std::nullopt, "zone-1"))
            .starts_with("UNAUTHENTICATED: the zone's token does not say which control plane"));
  CHECK(env.authenticator.AuthenticateZone(token.text, env.mine.id, "zone-1")->scope.tenant() ==
        env.mine.tenant);
  CHECK(env.authenticator.AuthenticateZone(token.text, env.other.id, "zone-1")->scope.tenant() ==
        env.other.tenant);
}

}  // namespace
}  // namespace skyden::identity
