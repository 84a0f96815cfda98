// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/zone_tokens.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "skyden/base/limits.h"
#include "skyden/store/audit.h"
#include "tests/identity/service_env.h"

namespace skyden::identity {
namespace {

using model::Role;
using Code = absl::StatusCode;

struct Env : ServiceEnv {
  store::ControlPlaneRecord payments = store.NewControlPlane(organization, "payments");
  store::ControlPlaneRecord shop = store.NewControlPlane(organization, "shop");
  TestStore::Token first = store.NewToken(organization, Role::kConnector, &payments, "eu-1");
  ZoneTokens zone_tokens{{*store, clock}};
  model::OrganizationScope admin = As(Role::kAdmin, &payments);
  ZoneTokens::Of eu{payments.id, model::ZoneName("eu-1")};

  bool LetsIn(const std::string& token) {
    return authenticator.AuthenticateZone(token, payments.id, "eu-1").ok();
  }
  std::vector<std::string> Names(const ZoneTokens::Of& of) {
    const auto listed = zone_tokens.List(admin, of);
    INFO(listed.status());
    REQUIRE(listed.ok());
    std::vector<std::string> names;
    for (const store::TokenRecord& token : *listed) names.push_back(token.name);
    return names;
  }
};

TEST_CASE("a zone's token is exchanged for another, and the first ends when that is wanted") {
  Env env;
  const auto second =
      env.zone_tokens.Issue(env.admin, env.eu, {"second", env.clock.Now() + absl::Hours(48)});
  INFO(second.status());
  REQUIRE(second.ok());
  CHECK(env.Names(env.eu).size() == 2);
  CHECK(env.LetsIn(env.first.text));
  CHECK(env.LetsIn(second->text));
  CHECK_FALSE(env.authenticator.AuthenticateZone(second->text, env.payments.id, "eu-2").ok());
  CHECK_FALSE(env.authenticator.AuthenticateZone(second->text, env.shop.id, "eu-1").ok());

  REQUIRE(env.zone_tokens.Revoke(env.admin, env.eu, env.first.record.id).ok());
  CHECK_FALSE(env.LetsIn(env.first.text));
  CHECK(env.LetsIn(second->text));
  CHECK(env.Names(env.eu) == std::vector<std::string>{"second"});
  CHECK(env.zone_tokens.Revoke(env.admin, env.eu, env.first.record.id).code() == Code::kNotFound);
  // It ends by itself as well, and one without a name and an end has the zone's and none.
  env.fake_clock.Advance(absl::Hours(48));
  CHECK_FALSE(env.LetsIn(second->text));
  const auto third = env.zone_tokens.Issue(env.admin, env.eu, {});
  REQUIRE(third.ok());
  CHECK_FALSE(third->record.expires_at.has_value());
  CHECK(env.Names(env.eu) == std::vector<std::string>{"eu-1"});
}

TEST_CASE("what a zone had before it was provisioned again is its own as well") {
  Env env;
  const auto again = env.store.NewToken(env.organization, Role::kConnector, &env.payments, "eu-1");
  CHECK(env.Names(env.eu).size() == 2);
  CHECK(env.zone_tokens.Revoke(env.admin, env.eu, env.first.record.id).ok());
  CHECK(env.zone_tokens.Revoke(env.admin, env.eu, again.record.id).ok());
  CHECK(env.Names(env.eu).empty());
}

TEST_CASE("nobody but its administrators sees or changes a zone's tokens") {
  Env env;
  const auto other = env.store.NewToken(env.organization, Role::kConnector, &env.shop, "eu-1");
  const ZoneTokens::Of at_shop{env.shop.id, model::ZoneName("eu-1")};
  const ZoneTokens::Of nowhere{model::ControlPlaneId("00000000-0000-4000-8000-000000000000"),
                               model::ZoneName("eu-1")};
  const ZoneTokens::Of unknown{env.payments.id, model::ZoneName("eu-9")};
  const auto codes = [&](const model::OrganizationScope& scope, const ZoneTokens::Of& of,
                         const model::TokenId& token) {
    return std::vector<Code>{env.zone_tokens.List(scope, of).status().code(),
                             env.zone_tokens.Issue(scope, of, {}).status().code(),
                             env.zone_tokens.Revoke(scope, of, token).code()};
  };
  const std::vector<Code> not_found(3, Code::kNotFound);
  const std::vector<Code> denied(3, Code::kPermissionDenied);
  // Foreign and missing look the same.
  CHECK(codes(env.admin, at_shop, other.record.id) == not_found);
  CHECK(codes(env.admin, nowhere, other.record.id) == not_found);
  CHECK(codes(env.admin, unknown, env.first.record.id) == not_found);
  CHECK(env.zone_tokens.List(env.admin, at_shop).status().ToString() ==
        env.zone_tokens.List(env.admin, nowhere).status().ToString());
  CHECK(codes(env.As(Role::kViewer, &env.payments), env.eu, env.first.record.id) == denied);
  CHECK(codes(env.As(Role::kViewer), env.eu, env.first.record.id) == denied);
  // Another zone's token is none of this one's.
  CHECK(env.zone_tokens.Revoke(env.admin, env.eu, other.record.id).code() == Code::kNotFound);
  CHECK(env.LetsIn(env.first.text));
  CHECK(env.authenticator.AuthenticateZone(other.text, env.shop.id, "eu-1").ok());
}

TEST_CASE("a zone's tokens are bounded, and their ends are such") {
  Env env;
  const auto fault = [&](CreateToken request) {
    return env.FieldAtFault(env.zone_tokens.Issue(env.admin, env.eu, request).status());
  };
  CHECK(fault({"x", env.clock.Now()}) == "expires_at");
  CHECK(fault({"x", env.clock.Now() + absl::Hours(24 * 400)}) == "expires_at");
  CHECK(fault({std::string(101, 'x'), std::nullopt}) == "name");
  for (size_t i = 1; i < base::limits::kTokensPerAccount; ++i) {
    REQUIRE(env.zone_tokens.Issue(env.admin, env.eu, {}).ok());
  }
  CHECK(env.zone_tokens.Issue(env.admin, env.eu, {}).status().code() == Code::kResourceExhausted);
  REQUIRE(env.zone_tokens.Revoke(env.admin, env.eu, env.first.record.id).ok());
  CHECK(env.zone_tokens.Issue(env.admin, env.eu, {}).ok());
}

}  // namespace
}  // namespace skyden::identity
