// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/kuma_tokens.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "resources/tokens/jwt.h"
#include "skyden/base/crypto.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {
namespace {

using Lines = std::vector<std::string>;

std::string ClaimsIn(const std::string& token) {
  const auto parsed = ParseJwt(token);
  INFO(parsed.status());
  REQUIRE(parsed.ok());
  return parsed->claims;
}

std::string ZoneToken(ManagerEnv& env, const std::string& zone = "east") {
  auto token = env.tokens.IssueZone(env.scope, {zone, Lines{"cp"}, "1h"});
  INFO(token.status());
  REQUIRE(token.ok());
  return *token;
}

std::string UserToken(ManagerEnv& env) {
  auto token = env.tokens.IssueUser(env.scope, {"jane", Lines{"team-a"}, "1h"});
  REQUIRE(token.ok());
  return *token;
}

bool Accepts(ManagerEnv& env, const model::TenantScope& scope, const std::string& token) {
  const auto verified = env.tokens.Verify(scope, token);
  if (!verified.ok()) CHECK(absl::IsUnauthenticated(verified.status()));
  return verified.ok();
}

TEST_CASE("tokens that a control plane issued are good there and nowhere else", "[tokens]") {
  ManagerEnv env;
  const auto other = env.NewControlPlane(3);
  const auto zone = env.tokens.Verify(env.scope, ZoneToken(env));
  REQUIRE(zone.ok());
  CHECK(zone->kind == VerifiedKumaToken::Kind::kZone);
  CHECK(zone->name == "east");
  CHECK(zone->scopes == Lines{"cp"});
  const auto user = env.tokens.Verify(env.scope, UserToken(env));
  REQUIRE(user.ok());
  CHECK(user->kind == VerifiedKumaToken::Kind::kUser);
  CHECK(user->name == "jane");
  CHECK(user->groups == Lines{"team-a"});

  CHECK_FALSE(Accepts(env, other, ZoneToken(env)));
  REQUIRE(env.manager.MaterialiseKeys(other).ok());
  CHECK_FALSE(Accepts(env, other, ZoneToken(env)));
  CHECK_FALSE(Accepts(env, other, UserToken(env)));
}

TEST_CASE("a token is good from its beginning to its end", "[tokens]") {
  ManagerEnv env;
  const std::string token = ZoneToken(env);
  env.fake_clock.Advance(absl::Minutes(59));
  CHECK(Accepts(env, env.scope, token));
  env.fake_clock.Advance(absl::Minutes(1));
  CHECK_FALSE(Accepts(env, env.scope, token));
  env.fake_clock.Advance(-absl::Hours(2));
  CHECK_FALSE(Accepts(env, env.scope, token));
}

TEST_CASE("a changed token is refused", "[tokens]") {
  ManagerEnv env;
  const std::string token = ZoneToken(env);
  const size_t first = token.find('.');
  const size_t second = token.find('.', first + 1);
  const std::string other_claims =
      base::Base64UrlEncode(R"({"Zone":"west","Scope":["cp"],"exp":9999999999,"nbf":1,"jti":"x"})");
  CHECK_FALSE(
      Accepts(env, env.scope, token.substr(0, first + 1) + other_claims + token.substr(second)));
  const std::string user = UserToken(env);
  CHECK_FALSE(Accepts(env, env.scope,
                      user.substr(0, user.find('.')) + token.substr(first, second - first) +
                          user.substr(user.rfind('.'))));
}

TEST_CASE("a zone's key does not make users, and a mesh's makes neither", "[tokens]") {
  ManagerEnv env;
  const absl::Time now = env.clock.Now();
  const std::string zone_key = env.SecretText("GlobalSecret", "", "zone-token-signing-key-1");
  const auto forged =
      SignJwt(zone_key, "1", UserClaims("jane", Lines{"mesh-system:admin"}, {now, absl::Hours(1)}));
  CHECK_FALSE(Accepts(env, env.scope, *forged));
  const auto both = SignJwt(
      zone_key, "1", R"({"Zone":"east","Name":"jane","Scope":["cp"],"exp":9999999999,"jti":"x"})");
  CHECK_FALSE(Accepts(env, env.scope, *both));
  const auto dataplane = env.tokens.IssueDataplane(env.scope, {"dp", "default", {}, "", "", "1h"});
  REQUIRE(dataplane.ok());
  CHECK_FALSE(Accepts(env, env.scope, *dataplane));
}

TEST_CASE("keys are rotated by adding one and deleting the old", "[tokens]") {
  ManagerEnv env;
  const std::string first = ZoneToken(env);
  const auto key = base::GenerateRsaKeyPem();
  REQUIRE(key.ok());
  REQUIRE(env.Put("GlobalSecret", "", "zone-token-signing-key-2",
                  fmt::format(R"("data":"{}")", base::Base64Encode(*key)))
              .ok());
  const std::string second = ZoneToken(env);
  CHECK(ParseJwt(second)->key_id == "2");
  CHECK(Accepts(env, env.scope, first));
  CHECK(Accepts(env, env.scope, second));
  REQUIRE(env.Delete("GlobalSecret", "", "zone-token-signing-key-1").ok());
  CHECK_FALSE(Accepts(env, env.scope, first));
  CHECK(Accepts(env, env.scope, second));
}

TEST_CASE("a revoked token is refused, and its kind's list counts", "[tokens]") {
  ManagerEnv env;
  const std::string zone = ZoneToken(env);
  const std::string user = UserToken(env);
  const std::string id = ParseClaims(ClaimsIn(zone))->token_id;
  const auto revoke = [&](const std::string& list, const std::string& text) {
    REQUIRE(
        env.Put("GlobalSecret", "", list, fmt::format(R"("data":"{}")", base::Base64Encode(text)))
            .ok());
  };
  revoke("user-token-revocations", id);
  CHECK(Accepts(env, env.scope, zone));
  revoke("zone-token-revocations", "other," + id + "\n");
  CHECK_FALSE(Accepts(env, env.scope, zone));
  CHECK(Accepts(env, env.scope, user));
  revoke("zone-token-revocations", "other,x" + id);
  CHECK(Accepts(env, env.scope, zone));
}

TEST_CASE("requests for tokens are refused in Kuma's words", "[tokens]") {
  ManagerEnv env;
  const auto& scope = env.scope;
  const auto wrong = [](const auto& token) {
    CHECK(absl::IsInvalidArgument(token.status()));
    CHECK(base::TitleOf(token.status()) == "Invalid request");
    return Reasons(token.status());
  };
  CHECK(wrong(env.tokens.IssueZone(scope, {"z", std::nullopt, "x"})) ==
        Lines{"scope: cannot be empty", R"(validFor: is invalid: time: invalid duration "x")"});
  CHECK(wrong(env.tokens.IssueDataplane(scope, {"", "", {}, "nope", "", "1h"})) ==
        Lines{"mesh: cannot be empty", "type: nope is not a valid proxy type"});
  CHECK(wrong(env.tokens.IssueUser(scope, {"", std::nullopt, ""})) ==
        Lines{"name: cannot be empty", "validFor: cannot be empty"});
  CHECK(wrong(env.tokens.IssueUser(scope, {"u", std::nullopt, "0s"})) ==
        Lines{"validFor: cannot be empty or nil"});

  const auto missing = env.tokens.IssueDataplane(scope, {"", "nope", {}, "", "", "1h"});
  CHECK(absl::IsNotFound(missing.status()));
  CHECK(base::TitleOf(missing.status()) == "Signing Key not found");
  CHECK(missing.status().message() ==
        "there is no signing key with KID 1. Secret of name \"dataplane-token-signing-key-nope-1\" "
        "in mesh \"nope\" is not found. If signing key was rotated, regenerate the token");
}

TEST_CASE("a zone token without scopes is for who says that there are none", "[tokens]") {
  ManagerEnv env;
  // As kumactl 3 asks. Kuma 2.14 refuses it as it refuses the next.
  const auto none = ParseZoneTokenRequest(R"({"zone":"z","scope":null,"validFor":"1h"})");
  REQUIRE(none.ok());
  const auto token = env.tokens.IssueZone(env.scope, *none);
  REQUIRE(token.ok());
  CHECK(ClaimsIn(*token).starts_with(R"({"Zone":"z","Scope":null,)"));
  // Nothing follows from it that a scope would be needed for.
  CHECK(env.tokens.Verify(env.scope, *token)->scopes.empty());
  const auto silent = ParseZoneTokenRequest(R"({"zone":"z","validFor":"1h"})");
  REQUIRE(silent.ok());
  CHECK(Reasons(env.tokens.IssueZone(env.scope, *silent).status()) ==
        Lines{"scope: cannot be empty"});
}

TEST_CASE("only administrators get tokens", "[tokens]") {
  ManagerEnv env;
  const auto viewer = env.As(model::Role::kViewer);
  const auto zone = env.tokens.IssueZone(viewer, {"z", std::nullopt, ""});
  CHECK(absl::IsPermissionDenied(zone.status()));
  CHECK(zone.status().message() ==
        "user \"" + viewer.who().name +
            R"(/mesh-system:authenticated" cannot access generate zone token for zone 'z')");
  CHECK(absl::IsInvalidArgument(env.tokens.IssueDataplane(viewer, {}).status()));
  CHECK(absl::IsPermissionDenied(
      env.tokens.IssueDataplane(viewer, {"", "default", {}, "", "", ""}).status()));
  CHECK(absl::IsPermissionDenied(env.tokens.IssueUser(viewer, {}).status()));
}

TEST_CASE("tokens carry Kuma's claims and ten years unless told otherwise", "[tokens]") {
  ManagerEnv env;
  const auto token = env.tokens.IssueDataplane(
      env.scope, {"dp", "default", {{"kuma.io/service", {"b", "a"}}}, "ingress", "w", ""});
  REQUIRE(token.ok());
  const std::string claims = ClaimsIn(*token);
  CHECK(claims.starts_with(
      R"({"Name":"dp","Mesh":"default","Tags":{"kuma.io/service":["a","b"]},"Type":"ingress",)"
      R"("Workload":"w","exp":)"));
  const auto times = ParseClaims(claims);
  CHECK(*times->expires_at - *times->not_before == 315'360'005.0);
}

TEST_CASE("bodies of token requests are read as Go reads them", "[tokens]") {
  const auto zone = ParseZoneTokenRequest(R"({"Zone":"z","SCOPE":["a"],"validFor":"1h","x":[{}]})");
  REQUIRE(zone.ok());
  CHECK(zone->zone == "z");
  CHECK(zone->scope == Lines{"a"});
  CHECK_FALSE(ParseZoneTokenRequest(R"({"scope":null})")->scope.has_value());
  CHECK(ParseZoneTokenRequest(R"({"scope":[]})")->scope == Lines{});
  const auto dataplane =
      ParseDataplaneTokenRequest(R"({"mesh":"m","tags":{"a":["1"],"b":null},"workload":"w"})");
  REQUIRE(dataplane.ok());
  CHECK(dataplane->tags == std::map<std::string, Lines>{{"a", {"1"}}, {"b", {}}});
  CHECK(ParseUserTokenRequest(R"({"name":"u","groups":["g"]})")->groups == Lines{"g"});
  for (const std::string_view bad : {"", "{", "[]", "1", R"({"zone":1})", R"({"scope":"a"})",
                                     R"({"scope":[1]})", R"({"zone":"a"} x)"}) {
    INFO(bad);
    const auto request = ParseZoneTokenRequest(bad);
    CHECK(absl::IsInvalidArgument(request.status()));
    CHECK(base::TitleOf(request.status()).empty());
  }
  CHECK_FALSE(ParseDataplaneTokenRequest(R"({"tags":[]})").ok());
  CHECK_FALSE(ParseDataplaneTokenRequest(R"({"tags":{"a":"b"}})").ok());
}

}  // namespace
}  // namespace skyden::resources::testing
