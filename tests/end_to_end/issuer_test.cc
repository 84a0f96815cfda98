// SPDX-License-Identifier: Apache-2.0
// Tokens and identity providers that are not the ones whom the daemon was told to believe.
#include <catch2/catch.hpp>

#include "absl/time/clock.h"
#include "skyden/base/clock.h"
#include "tests/end_to_end/daemon.h"
#include "tests/identity/code_provider.h"
#include "tests/self_signed.h"

namespace skyden::end_to_end {
namespace {

using identity::CodeProvider;
using identity::OidcProvider;

constexpr absl::Duration kPatience = absl::Seconds(30);

std::vector<std::string> Believes(const std::string& issuer) {
  return {"--oidc-issuer", issuer,        "--oidc-audience", CodeProvider::kPublicClient,
          "--oidc-roles",  "admins=Admin"};
}

Json GoodClaims(const OidcProvider& provider) {
  Json claims = provider.Claims("42", absl::Now());
  claims["aud"] = CodeProvider::kPublicClient;
  claims["groups"] = {"admins"};
  return claims;
}

int StatusOf(const TestDaemon& daemon, const Json& claims) {
  return Rest(daemon.base(), identity::EcKey().Sign(claims))
      .Call("GET", "/v1/mesh/control-planes")
      .status;
}

TEST_CASE("a token of another issuer lets nobody in, whoever signed it", "[end_to_end][oidc]") {
  const base::RealClock clock;
  CodeProvider provider(clock);
  const std::string issuer = provider.provider().issuer();
  const TestDaemon daemon(Believes(issuer));
  const Json good = GoodClaims(provider.provider());
  // Until it has read the provider's keys, which it does from its start.
  const absl::Time give_up = absl::Now() + kPatience;
  int status = 503;
  while ((status = StatusOf(daemon, good)) == 503 && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  REQUIRE(status == 200);
  for (const std::string& other :
       {std::string("https://evil.example/realm"), issuer + "/", issuer + "/../realm",
        std::string("HTTP") + issuer.substr(4), std::string()}) {
    CAPTURE(other);
    Json claims = good;
    claims["iss"] = other;
    CHECK(StatusOf(daemon, claims) == 401);
  }
  Json claims = good;
  claims.erase("iss");
  CHECK(StatusOf(daemon, claims) == 401);
  CHECK(StatusOf(daemon, good) == 200);
}

TEST_CASE("a provider that says it is another one is believed nothing", "[end_to_end][oidc]") {
  const base::RealClock clock;
  CodeProvider provider(clock);
  provider.provider().Declare({{"issuer", "https://evil.example/realm"}});
  TestDaemon daemon(Believes(provider.provider().issuer()));
  CHECK(daemon.process().Says("the configuration is another issuer's"));
  // Its keys are not known, so nobody can be told whether a token is good.
  CHECK(StatusOf(daemon, GoodClaims(provider.provider())) == 503);
  Json claims = GoodClaims(provider.provider());
  claims["iss"] = "https://evil.example/realm";
  CHECK(StatusOf(daemon, claims) == 401);
  // Who comes otherwise is none the worse for it.
  CHECK(daemon.NewRest().Call("GET", "/v1/mesh/control-planes").status == 200);
}

TEST_CASE("when the authority of a provider ends is told to operators", "[end_to_end][oidc]") {
  const base::RealClock clock;
  CodeProvider provider(clock);
  const TempDir folder;
  const std::string file = folder.path() + "/authority.pem";
  REQUIRE(MakeSelfSigned("DNS:login.example.com", file, folder.path() + "/key.pem"));
  std::vector<std::string> flags = Believes(provider.provider().issuer());
  flags.insert(flags.end(), {"--oidc-ca-file", file});
  const TestDaemon daemon(flags);
  const std::string all =
      "/v3/expiring?before=2999-01-01T00:00:00Z&filter%5Bkind%5D=tls_certificate";
  const Answer told = daemon.Call("GET", all);
  INFO(told.body);
  REQUIRE(told.status == 200);
  REQUIRE(told.body["data"].size() == 1);
  CHECK(told.body["data"][0]["name"] == "oidc_ca_file");
}

}  // namespace
}  // namespace skyden::end_to_end
