// SPDX-License-Identifier: Apache-2.0
#include "resources/tokens/jwt.h"

#include <catch2/catch.hpp>

#include "resources/tokens/signing_keys.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/resource.h"

namespace skyden::resources {
namespace {

std::string Encode(std::string_view text) { return base::Base64UrlEncode(text); }

constexpr std::string_view kHeader = R"({"alg":"RS256","kid":"1","typ":"JWT"})";
constexpr std::string_view kClaims = R"({"Zone":"east","Scope":["cp"],"exp":10,"nbf":1,"jti":"x"})";

std::string TokenOf(std::string_view header, std::string_view claims,
                    std::string_view signature = "signature") {
  return Encode(header) + "." + Encode(claims) + "." + Encode(signature);
}

TEST_CASE("a token of the right shape is taken apart", "[jwt]") {
  const std::string token = TokenOf(kHeader, kClaims);
  const auto parsed = ParseJwt(token);
  REQUIRE(parsed.ok());
  CHECK(parsed->key_id == "1");
  CHECK(parsed->claims == kClaims);
  CHECK(parsed->signature == "signature");
  CHECK(parsed->signing_input == token.substr(0, token.rfind('.')));
  const auto claims = ParseClaims(parsed->claims);
  REQUIRE(claims.ok());
  CHECK(claims->zone == "east");
  CHECK(claims->scope == std::vector<std::string>{"cp"});
  CHECK(claims->expires_at == 10.0);
  CHECK(claims->not_before == 1.0);
  CHECK(claims->token_id == "x");
  CHECK_FALSE(claims->name.has_value());
}

TEST_CASE("tokens of any other shape are refused", "[jwt]") {
  const std::string good = TokenOf(kHeader, kClaims);
  const std::string deep = std::string(50, '[') + std::string(50, ']');
  const std::string bad[] = {
      "",
      "a",
      "a.b",
      ".",
      "..",
      "...",
      good + ".x",
      good + "=",
      good + "\n",
      " " + good,
      "Bearer " + good,
      Encode(kHeader) + "." + Encode(kClaims) + ".",
      "." + Encode(kClaims) + ".c2ln",
      Encode(kHeader) + "..c2ln",
      Encode(kHeader) + "+." + Encode(kClaims) + ".c2ln",
      Encode(kHeader) + "." + Encode(kClaims) + ".c2l/",
      TokenOf("[]", kClaims),
      TokenOf("null", kClaims),
      TokenOf(kHeader, "[]"),
      TokenOf(kHeader, "{}x"),
      TokenOf(kHeader, "{"),
      TokenOf(kHeader, R"({"a":)" + deep + "}"),
      TokenOf(R"({"alg":"none","kid":"1"})", kClaims),
      TokenOf(R"({"alg":"HS256","kid":"1"})", kClaims),
      TokenOf(R"({"alg":"rs256","kid":"1"})", kClaims),
      TokenOf(R"({"alg":["RS256"],"kid":"1"})", kClaims),
      TokenOf(R"({"kid":"1"})", kClaims),
      TokenOf(R"({"alg":"RS256"})", kClaims),
      TokenOf(R"({"alg":"RS256","kid":1})", kClaims),
      TokenOf(R"({"alg":"RS256","kid":""})", kClaims),
      TokenOf(R"({"alg":"RS256","kid":"1","typ":"at+jwt"})", kClaims),
      TokenOf(R"({"alg":"RS256","kid":"1","crit":["exp"]})", kClaims),
      TokenOf(R"({"alg":"none","alg":"RS256","kid":"1"})", kClaims),
      TokenOf(R"({"alg":"RS256","kid":"1","kid":"2"})", kClaims),
      TokenOf(kHeader, R"({"Zone":"a","Zone":"b"})"),
      TokenOf(kHeader, R"({"x":{"a":1,"a":2}})"),
      TokenOf(kHeader, "{\"Zone\":\"\xff\"}"),
      TokenOf(R"({"alg":"RS256","kid":")" + std::string(65, '1') + R"("})", kClaims),
      TokenOf(kHeader, R"({"Zone":")" + std::string(base::limits::kJwtBytes, 'z') + R"("})"),
  };
  for (const std::string& token : bad) {
    INFO(token.substr(0, 200));
    CHECK(absl::IsInvalidArgument(ParseJwt(token).status()));
  }
  CHECK(ParseJwt(good).ok());
}

TEST_CASE("base64url that carries stray bits is refused", "[jwt]") {
  // "YQ" and "YR" both decode to "a" where the last bits are not looked at.
  const std::string token = Encode(kHeader) + "." + Encode(kClaims) + ".YQ";
  CHECK(ParseJwt(token).ok());
  CHECK_FALSE(ParseJwt(token.substr(0, token.size() - 1) + "R").ok());
}

TEST_CASE("claims of the wrong kind are refused", "[jwt]") {
  for (const std::string_view claims : {R"({"Zone":1})", R"({"Zone":null})", R"({"Scope":"cp"})",
                                        R"({"Scope":[1]})", R"({"Groups":{}})", R"({"exp":"10"})",
                                        R"({"nbf":[]})", R"({"jti":5})", R"({"exp":1e999})"}) {
    INFO(claims);
    CHECK_FALSE(ParseClaims(claims).ok());
  }
  CHECK(ParseClaims(R"({"Zone":"z","Scope":null,"other":{"deep":[1]}})").ok());
}

TEST_CASE("what is signed reads back and verifies with its key alone", "[jwt]") {
  const auto key = base::GenerateRsaKeyPem();
  const auto other = base::GenerateRsaKeyPem();
  REQUIRE(key.ok());
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  const auto token =
      SignJwt(*key, "7",
              ZoneClaims("east", std::vector<std::string>{"cp", "egress"}, {now, absl::Hours(1)}));
  REQUIRE(token.ok());
  const auto parsed = ParseJwt(*token);
  REQUIRE(parsed.ok());
  CHECK(parsed->key_id == "7");
  CHECK(base::RsaVerifySha256(*key, parsed->signing_input, parsed->signature).ok());
  CHECK_FALSE(base::RsaVerifySha256(*other, parsed->signing_input, parsed->signature).ok());
  const auto claims = ParseClaims(parsed->claims);
  REQUIRE(claims.ok());
  CHECK(claims->expires_at == 1'700'003'600.0);
  CHECK(claims->not_before == 1'699'999'995.0);
  CHECK(claims->scope == std::vector<std::string>{"cp", "egress"});
}

TEST_CASE("claims are written in Kuma's order", "[jwt]") {
  const TokenLife life{absl::FromUnixSeconds(100), absl::Seconds(10)};
  const std::string zone = ZoneClaims("z", std::vector<std::string>(), life);
  CHECK(zone.starts_with(R"({"Zone":"z","Scope":[],"exp":110,"nbf":95,"iat":95,"jti":")"));
  CHECK(UserClaims("u", std::nullopt, life).starts_with(R"({"Name":"u","Groups":null,"exp":110)"));
  CHECK(DataplaneClaims({"n", "m", {{"b", {"2", "1", "2"}}, {"a", {}}}, "", "w"}, life)
            .starts_with(R"({"Name":"n","Mesh":"m","Tags":{"a":[],"b":["1","2"]},"Type":"",)"
                         R"("Workload":"w","exp":110)"));
  CHECK(UserClaims("a\"b\n", std::nullopt, life).starts_with(R"({"Name":"a\"b\n","Groups")"));
}

TEST_CASE("the newest signing key is the one with the highest number", "[jwt]") {
  const auto latest = [](const std::vector<std::string>& names) {
    std::vector<model::Resource> secrets(names.size());
    std::vector<const model::Resource*> pointers;
    for (size_t i = 0; i < names.size(); ++i) {
      secrets[i].key.name = names[i];
      pointers.push_back(&secrets[i]);
    }
    const auto choice = LatestSigningKey(pointers, "key");
    return choice.has_value() ? choice->key_id + " " + choice->secret->key.name : "none";
  };
  CHECK(latest({}) == "none");
  CHECK(latest({"other-1"}) == "none");
  CHECK(latest({"key-1"}) == "1 key-1");
  CHECK(latest({"key-1", "key-10", "key-2"}) == "10 key-10");
  CHECK(latest({"key", "key-1"}) == "1 key-1");
  CHECK(latest({"key"}) == "0 key");
  CHECK(latest({"key-new", "key"}) == "0 key-new");
  CHECK(latest({"key-99999999999999999999", "key-1"}) == "1 key-1");
}

}  // namespace
}  // namespace skyden::resources
