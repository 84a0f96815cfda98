// SPDX-License-Identifier: Apache-2.0
// A browser signs in at an identity provider, over real connections.
#include <catch2/catch.hpp>

#include "server/services.h"
#include "skyden/http/fetch.h"
#include "skyden/identity/oidc_sign_in.h"
#include "skyden/identity/session_service.h"
#include "tests/identity/code_provider.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;
using identity::ParametersOf;
using nlohmann::json;

struct Env {
  base::RealClock clock;
  const json declared;
  identity::CodeProvider provider{clock};
  std::unique_ptr<identity::OidcSignIn> sign_in;
  RestEnv rest{[this](RestEnv& env, Deps& deps) { SetUp(env, deps); }};

  // `members` are in the provider's configuration.
  explicit Env(json members = json::object()) : declared(std::move(members)) {}
  ~Env() { rest.server = nullptr; }

  void SetUp(RestEnv& env, Deps& deps) {
    provider.provider().Declare(declared);
    identity::Authenticator::People people;
    people.organization = env.organization;
    people.roles = identity::ParseGroupRoles("admins=Admin").value();
    people.verifier = identity::OidcVerifier::Create(
        {clock, [](const std::string& url) { return http::Fetch(url, {}); }},
        {.issuer = provider.provider().issuer(), .audience = "skyden"});
    people.verifier->ReadKeysAhead();
    people.verifier->AwaitKeys();
    sign_in = identity::OidcSignIn::Create(
        {clock, *people.verifier,
         [](const http::Outgoing& request) { return http::Exchange(request, {}); }},
        {.issuer = provider.provider().issuer(),
         .client_id = identity::CodeProvider::kClient,
         .client_secret = identity::CodeProvider::kSecret,
         .redirect_uri = "https://skyden.example.com/console/sign-in/callback",
         .signed_out_uri = "https://skyden.example.com/console/sign-in"});
    env.services().authenticator.SetPeople(std::move(people));
    deps.oidc = sign_in.get();
    deps.oidc_organization = env.organization;
  }

  static std::string ValueOf(const std::string& set_cookie) {
    return set_cookie.substr(0, set_cookie.find(';'));
  }
  Answer Begin(const std::string& query = "?return=%2Fconsole%2Fzones%3Fstatus%3Doffline") {
    return rest.Send("GET", "/console/sign-in/oidc" + query, "");
  }
  // As the browser that began does once its person agreed.
  Answer ComeBack(const Answer& begun, const std::string& more = "",
                  const std::string& subject = "42") {
    const std::string location = begun.headers.at("location");
    const std::string code = provider.Authorize(location, subject);
    return rest.Send("GET",
                     "/console/sign-in/callback?code=" + code +
                         "&state=" + ParametersOf(location)["state"] + more,
                     "", "", {{"Cookie", ValueOf(begun.cookies.at(0))}});
  }
  std::string SignIn(const std::string& subject = "42") {
    const Answer done = ComeBack(Begin(), "", subject);
    INFO(done.body);
    REQUIRE(done.status == 200);
    REQUIRE(done.cookies.size() == 3);
    return ValueOf(done.cookies[0]);
  }
  int Current(const std::string& cookie) {
    return rest.Send("GET", "/v3/sessions/current", "", "", {{"Cookie", cookie}}).status;
  }
  Answer SignOut(const std::string& logout_token) {
    return rest.Send("POST", "/v3/sign-in/oidc/back-channel-logout", "",
                     "logout_token=" + logout_token,
                     {{"Content-Type", "application/x-www-form-urlencoded"}});
  }
};

}  // namespace

TEST_CASE("a browser that signs in at the provider has a session and goes where it wanted",
          "[rest][session][oidc]") {
  Env env;
  env.provider.twist = [](json& claims) {
    claims["email"] = "jane@example.com";
    claims["groups"] = {"admins"};
  };
  const std::string ways = env.rest.Send("GET", "/v3/sign-in", "").body;
  CHECK(json::parse(ways)["oidc"]["enabled"] == true);
  CHECK(json::parse(ways)["oidc"]["name"] == env.sign_in->name());

  const Answer begun = env.Begin();
  CHECK(begun.status == 302);
  CHECK(begun.headers.at("location").starts_with(env.provider.provider().issuer() + "/authorize?"));
  REQUIRE(begun.cookies.size() == 1);
  const std::string& state = begun.cookies[0];
  CHECK(state.starts_with("__Host-skyden-"));
  CHECK(state.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"));
  CHECK(state.find(ParametersOf(begun.headers.at("location"))["state"]) == std::string::npos);

  const Answer done = env.ComeBack(begun);
  INFO(done.body);
  REQUIRE(done.status == 200);
  CHECK(done.content_type.starts_with("text/html"));
  CHECK(done.headers.at("refresh") == "0; url=/console/zones?status=offline");
  CHECK(done.body.find("href=\"/console/zones?status=offline\"") != std::string::npos);
  CHECK(done.body.find("<script") == std::string::npos);
  CHECK(done.headers.at("content-security-policy").starts_with("default-src 'none'"));
  CHECK(done.headers.at("cache-control") == "no-store");
  REQUIRE(done.cookies.size() == 3);
  CHECK(done.cookies[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
  CHECK(done.cookies[1].starts_with("__Secure-skyden-"));
  CHECK(done.cookies[1].ends_with("; Path=/console/sign-out; Secure; HttpOnly; SameSite=Strict"));
  CHECK(done.cookies[2].ends_with("; SameSite=Lax; Max-Age=0"));

  const Answer current = env.rest.Send("GET", "/v3/sessions/current", "", "",
                                       {{"Cookie", Env::ValueOf(done.cookies[0])}});
  REQUIRE(current.status == 200);
  CHECK(current.json()["principal"]["name"] == "jane@example.com");
  CHECK(current.json()["principal"]["type"] == "user");
  CHECK(env.rest
            .Send("POST", "/v1/mesh/control-planes", "", R"({"name":"x"})",
                  {{"Cookie", Env::ValueOf(done.cookies[0])},
                   {"Sec-Fetch-Site", "same-origin"},
                   {"X-Skyden-Session", current.json()["csrf_token"]}})
            .status == 201);
}

TEST_CASE("wherever somebody wants the browser to go, it goes to the console",
          "[rest][session][oidc]") {
  Env env;
  for (const char* query :
       {"", "?return=", "?return=//evil.example", "?return=%2F%2Fevil.example",
        "?return=/%5Cevil.example", "?return=https://evil.example/console/",
        "?return=/console/%252e%252e/", "?return=/console/%2e%2e/v1", "?return=/v1/mesh",
        "?return=/console/%22onload=x", "?return=/console/%0d%0aSet-Cookie:%20a=b"}) {
    CAPTURE(query);
    const Answer done = env.ComeBack(env.Begin(query));
    CHECK(done.headers.at("refresh") == "0; url=/console/");
  }
}

TEST_CASE("what does not end a sign-in of this browser signs nobody in", "[rest][session][oidc]") {
  Env env;
  const auto nobody = [](const Answer& answer) {
    CAPTURE(answer.body);
    CHECK(answer.status == 401);
    CHECK(answer.content_type.starts_with("text/html"));
    CHECK(answer.body.find("Nobody was signed in") != std::string::npos);
    REQUIRE(answer.cookies.size() == 1);  // what was remembered is taken back
    CHECK(answer.cookies[0].ends_with("; SameSite=Lax; Max-Age=0"));
    CHECK_FALSE(answer.headers.contains("refresh"));
  };
  const Answer begun = env.Begin();
  const std::string location = begun.headers.at("location");
  const std::string code = env.provider.Authorize(location);
  const std::string path =
      "/console/sign-in/callback?code=" + code + "&state=" + ParametersOf(location)["state"];
  const Headers cookie = {{"Cookie", Env::ValueOf(begun.cookies[0])}};
  nobody(env.rest.Send("GET", "/console/sign-in/callback", ""));
  nobody(env.rest.Send("GET", path, ""));  // another browser: login CSRF
  nobody(env.rest.Send("GET", path, "", "", {{"Cookie", cookie[0].second + "x"}}));
  nobody(
      env.rest.Send("GET", path, "", "", {{"Cookie", cookie[0].second + "; " + cookie[0].second}}));
  nobody(env.rest.Send("GET", path + "x", "", "", cookie));
  nobody(env.ComeBack(env.Begin(), "&iss=https://evil.example"));
  nobody(env.ComeBack(env.Begin(), "&error=access_denied"));
  // After all that, the right one; and again, with all that was said the first time.
  CHECK(env.rest.Send("GET", path, "", "", cookie).status == 200);
  env.provider.is_lax = true;
  nobody(env.rest.Send("GET", path, "", "", cookie));
  env.provider.twist = [](json& claims) { claims["nonce"] = "of another"; };
  nobody(env.ComeBack(env.Begin()));
  env.provider.instead = [] { return http::Response{.status = 500}; };
  CHECK(env.ComeBack(env.Begin()).status == 503);
  // Neither step is for anything but visiting.
  CHECK(env.rest.Send("POST", "/console/sign-in/callback", "", "{}").status == 404);
}

TEST_CASE("signing out at the provider ends the session here", "[rest][session][oidc]") {
  Env env;
  const std::string mine = env.SignIn("42");
  const std::string others = env.SignIn("43");
  CHECK(env.SignOut("").status == 400);
  CHECK(env.SignOut(env.provider.LogoutToken([](json& claims) { claims["nonce"] = "x"; })).status ==
        400);
  CHECK(env.Current(mine) == 200);
  const std::string token = env.provider.LogoutToken();
  const Answer out = env.SignOut(token);
  INFO(out.body);
  CHECK(out.status == 204);
  CHECK(env.Current(mine) == 401);
  CHECK(env.Current(others) == 200);
  CHECK(env.SignOut(token).status == 400);
}

TEST_CASE("whoever came by the provider is led there to sign out", "[rest][session][oidc]") {
  Env env(json{{"end_session_endpoint", "http://127.0.0.1/bye?realm=a"}});
  const Answer done = env.ComeBack(env.Begin());
  REQUIRE(done.cookies.size() == 3);
  const std::string session = Env::ValueOf(done.cookies[0]);
  const std::string hint = Env::ValueOf(done.cookies[1]);
  const Answer current =
      env.rest.Send("GET", "/v3/sessions/current", "", "", {{"Cookie", session}});
  CHECK(current.json()["by_provider"] == true);
  const auto leave = [&](const std::string& cookies) {
    const Answer out =
        env.rest.Send("GET", "/console/sign-out/oidc", "", "", {{"Cookie", cookies}});
    CHECK(out.status == 302);
    CHECK(out.headers.at("referrer-policy") == "no-referrer");
    REQUIRE(out.cookies.size() == 1);
    CHECK(out.cookies[0].ends_with("; SameSite=Strict; Max-Age=0"));
    return out.headers.at("location");
  };
  const std::string place =
      "http://127.0.0.1/bye?realm=a&client_id=skyden-console&post_logout_redirect_uri="
      "https://skyden.example.com/console/sign-in";
  const std::string with_hint = leave(session + "; " + hint);
  CHECK(with_hint.starts_with(place + "&id_token_hint=ey"));
  // What is kept says nothing to who finds it, and what is not ours is left out.
  const std::string id_token = with_hint.substr(with_hint.rfind('=') + 1);
  CHECK(hint.find(id_token.substr(0, 40)) == std::string::npos);
  CHECK(leave(session) == place);
  CHECK(leave(hint + "x") == place);
  CHECK(leave(hint + "; " + hint) == place);
  CHECK(leave(Env::ValueOf(env.Begin().cookies.at(0))) == place);
  // Visiting it changes nothing here.
  CHECK(env.Current(session) == 200);
}

TEST_CASE("a provider that has no place for it is not gone to", "[rest][session][oidc]") {
  Env env;
  const std::string cookie = env.SignIn();
  const Answer out = env.rest.Send("GET", "/console/sign-out/oidc", "", "", {{"Cookie", cookie}});
  CHECK(out.status == 302);
  CHECK(out.headers.at("location") == "/console/sign-in");
}

TEST_CASE("without a provider the ways to it lead nowhere", "[rest][session][oidc]") {
  RestEnv env;
  for (const char* path : {"/console/sign-in/oidc", "/console/sign-in/callback?code=x&state=y",
                           "/console/sign-out/oidc"}) {
    const Answer answer = env.Send("GET", path, "");
    CHECK(answer.status == 404);
    CHECK(answer.cookies.empty());
  }
  CHECK(env.Send("POST", "/v3/sign-in/oidc/back-channel-logout", "", "logout_token=x",
                 {{"Content-Type", "application/x-www-form-urlencoded"}})
            .status == 404);
}

}  // namespace skyden::rest
