// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/oidc_sign_in.h"

#include <catch2/catch.hpp>
#include <string>

#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"
#include "tests/identity/code_provider.h"
#include "tests/identity/service_env.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using nlohmann::json;

constexpr char kRedirect[] = "https://skyden.example.com/console/sign-in/callback";

struct Env : ServiceEnv {
  CodeProvider provider{clock};
  OidcVerifier* verifier = nullptr;
  std::unique_ptr<OidcSignIn> sign_in;

  explicit Env(const json& declared = json::object(), const std::string& roles = "") {
    provider.provider().Declare(declared);
    Authenticator::People people;
    people.organization = organization;
    people.roles = ParseGroupRoles(roles).value();
    people.verifier =
        OidcVerifier::Create({clock, [](const std::string& url) { return http::Fetch(url, {}); }},
                             {.issuer = provider.provider().issuer(), .audience = "skyden"});
    verifier = people.verifier.get();
    verifier->ReadKeysAhead();
    verifier->AwaitKeys();
    authenticator.SetPeople(std::move(people));
    sign_in = NewSignIn();
  }
  std::unique_ptr<OidcSignIn> NewSignIn() {
    return OidcSignIn::Create(
        {clock, *verifier,
         [](const http::Outgoing& request) { return http::Exchange(request, {}); }},
        {.issuer = provider.provider().issuer(),
         .client_id = CodeProvider::kClient,
         .client_secret = CodeProvider::kSecret,
         .redirect_uri = kRedirect});
  }

  OidcSignIn::Begun Begin() {
    auto begun = sign_in->Begin("/console/zones");
    INFO(begun.status());
    REQUIRE(begun.ok());
    return *std::move(begun);
  }
  // What the browser comes back with once the person agreed.
  OidcSignIn::Callback Agree(const OidcSignIn::Begun& begun, const std::string& subject = "42") {
    return {.code = provider.Authorize(begun.location, subject),
            .state = ParametersOf(begun.location)["state"],
            .sealed = begun.sealed};
  }
  std::string Try(const OidcSignIn::Callback& callback) {
    return sign_in->Finish(callback).status().ToString();
  }
};

const std::string kNotBegun =
    "UNAUTHENTICATED: this sign-in was not begun in this browser, or it took longer than ten "
    "minutes";
const std::string kBadToken =
    "UNAUTHENTICATED: the identity provider's answer is not good: the daemon's log says why";

TEST_CASE("a browser is sent with all that the code flow with PKCE asks for") {
  Env env(json{{"authorization_endpoint", "http://127.0.0.1/authorize?tenant=a"}});
  const auto begun = env.Begin();
  CHECK(begun.location.starts_with("http://127.0.0.1/authorize?tenant=a&"));
  auto sent = ParametersOf(begun.location);
  CHECK(sent["response_type"] == "code");
  CHECK(sent["client_id"] == CodeProvider::kClient);
  CHECK(sent["redirect_uri"] == kRedirect);
  CHECK(sent["scope"] == "openid profile email");
  CHECK(sent["code_challenge_method"] == "S256");
  CHECK(sent["code_challenge"].size() == 43);
  CHECK(sent["state"].size() == 43);
  CHECK(sent["nonce"].size() == 43);
  // Each is its own, and what is kept for the end is sealed.
  const auto other = ParametersOf(env.Begin().location);
  for (const char* name : {"state", "nonce", "code_challenge"}) {
    CHECK(other.at(name) != sent[name]);
    CHECK(begun.sealed.find(sent[name]) == std::string::npos);
  }
  CHECK(env.sign_in->name().starts_with("127.0.0.1:"));
}

TEST_CASE("whoever the provider vouches for is signed in, and goes where they wanted") {
  Env env;
  env.provider.twist = [](json& claims) {
    claims["email"] = "jane@example.com";
    claims["groups"] = {"a", "b"};
  };
  const auto came = env.sign_in->Finish(env.Agree(env.Begin()));
  INFO(came.status());
  REQUIRE(came.ok());
  CHECK(came->return_path == "/console/zones");
  CHECK(came->person.subject == env.provider.provider().issuer() + " 42");
  CHECK(came->person.email == "jane@example.com");
  CHECK(came->person.provider_session == "session of 42");
  CHECK(came->person.groups == std::vector<std::string>{"a", "b"});
}

TEST_CASE("the client's secret goes where the provider wants it") {
  for (const char* method : {"client_secret_basic", "client_secret_post"}) {
    CAPTURE(method);
    Env env(json{{"token_endpoint_auth_methods_supported", {method}}});
    CHECK(env.sign_in->Finish(env.Agree(env.Begin())).ok());
  }
}

TEST_CASE("a sign-in ends once, in the browser that began it, within ten minutes") {
  Env env;
  const auto begun = env.Begin();
  const auto other = env.Begin();
  const auto good = env.Agree(begun);
  auto callback = good;
  SECTION("no state") { callback.state = ""; }
  SECTION("another state") { callback.state = ParametersOf(other.location)["state"]; }
  SECTION("another browser's") { callback.sealed = other.sealed; }
  SECTION("nothing sealed") { callback.sealed = ""; }
  SECTION("not sealed by us") { callback.sealed = base::Base64UrlEncode(std::string(200, 'x')); }
  SECTION("sealed, and changed") { callback.sealed[20] = callback.sealed[20] == 'A' ? 'B' : 'A'; }
  SECTION("not base64") { callback.sealed = "***"; }
  SECTION("too late") { env.fake_clock.Advance(limits::kOidcSignInTime); }
  SECTION("a second time, though the provider takes it") {
    env.provider.is_lax = true;
    REQUIRE(env.sign_in->Finish(good).ok());
  }
  SECTION("of another process") { env.sign_in = env.NewSignIn(); }
  const int asked = env.provider.provider().requests();
  CHECK(env.Try(callback) == kNotBegun);
  CHECK(env.provider.provider().requests() == asked);
}

TEST_CASE("an answer of another provider is not taken to ours") {
  const bool says_so = GENERATE(false, true);
  Env env(json{{"authorization_response_iss_parameter_supported", says_so}});
  const std::string mixed_up =
      "UNAUTHENTICATED: the identity provider's answer is another provider's";
  auto callback = env.Agree(env.Begin());
  callback.issuer = "https://evil.example.com";
  const int asked = env.provider.provider().requests();
  CHECK(env.Try(callback) == mixed_up);
  CHECK(env.provider.provider().requests() == asked);  // the code went nowhere
  callback = env.Agree(env.Begin());
  callback.issuer = env.provider.provider().issuer();
  CHECK(env.sign_in->Finish(callback).ok());
  // One that always says whose it is cannot have left it out.
  callback = env.Agree(env.Begin());
  CHECK(env.sign_in->Finish(callback).ok() == !says_so);
}

TEST_CASE("an ID token has to be of this sign-in, for this client, of now, and the provider's") {
  Env env;
  const SigningKey stranger("ec-1", SigningKey::Kind::kP256);  // by the same name
  bool good = false;
  SECTION("as it should be") {
    env.provider.twist = [](json&) {};
    good = true;
  }
  SECTION("for us among others, and we asked") {
    env.provider.twist = [](json& claims) {
      claims["aud"] = {CodeProvider::kClient, "other"};
      claims["azp"] = CodeProvider::kClient;
    };
    good = true;
  }
  SECTION("no nonce") {
    env.provider.twist = [](json& claims) { claims.erase("nonce"); };
  }
  SECTION("another nonce") {
    env.provider.twist = [](json& claims) { claims["nonce"] = "x"; };
  }
  SECTION("for the API's audience") {
    env.provider.twist = [](json& claims) { claims["aud"] = "skyden"; };
  }
  SECTION("for us among others, and somebody else asked") {
    env.provider.twist = [](json& claims) {
      claims["aud"] = {CodeProvider::kClient, "other"};
      claims["azp"] = "other";
    };
  }
  SECTION("for us among others, and nobody asked") {
    env.provider.twist = [](json& claims) { claims["aud"] = {CodeProvider::kClient, "other"}; };
  }
  SECTION("another issuer's") {
    env.provider.twist = [](json& claims) { claims["iss"] = "https://evil.example.com"; };
  }
  SECTION("of the past") {
    env.provider.twist = [](json& claims) { claims["exp"] = claims["iat"].get<int>() - 600; };
  }
  SECTION("of the future") {
    env.provider.twist = [](json& claims) { claims["iat"] = claims["iat"].get<int>() + 600; };
  }
  SECTION("of nobody") {
    env.provider.twist = [](json& claims) { claims.erase("sub"); };
  }
  SECTION("signed by somebody else") { env.provider.signs_with = &stranger; }
  CHECK(env.Try(env.Agree(env.Begin())) == (good ? "OK" : kBadToken));
}

TEST_CASE("a provider that answers nonsense signs nobody in") {
  Env env;
  struct Case {
    http::Response answer;
    std::string says;
  };
  const std::string prefix = "UNAUTHENTICATED: the identity provider's answer ";
  const Case cases[] = {
      {{.status = 200, .body = ""}, prefix + "has no ID token"},
      {{.status = 200, .body = "[]"}, prefix + "has no ID token"},
      {{.status = 200, .body = R"({"id_token":1})"}, prefix + "has no ID token"},
      {{.status = 200, .body = R"({"id_token":"x"})"}, kBadToken},
      {{.status = 200, .body = R"({"id_token":"a.b.c"})"}, kBadToken},
      {{.status = 200, .body = "{\"id_token\":\"" + std::string(20'000, 'a') + "\"}"},
       prefix + "has too long an ID token"},
      {{.status = 302, .body = "{}", .headers = {{"Location", "http://127.0.0.1:1/"}}},
       prefix + "to our question was no: its code was used, or we are not set up there as here"},
      {{.status = 400, .body = "{}"},
       prefix + "to our question was no: its code was used, or we are not set up there as here"},
      {{.status = 503, .body = "{}"},
       "UNAVAILABLE: the identity provider is in trouble: try again"},
      {{.status = 200, .body = std::string(2u << 20, ' ')},
       "UNAVAILABLE: the identity provider does not answer: try again"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.answer.status, one.answer.body.substr(0, 100));
    env.provider.instead = [&one] { return one.answer; };
    CHECK(env.Try(env.Agree(env.Begin())) == one.says);
  }
}

TEST_CASE("what the provider says no to is said, in plain words of its own only") {
  Env env;
  const auto says = [&](const std::string& error) {
    auto callback = env.Agree(env.Begin());
    callback.error = error;
    return env.Try(callback);
  };
  CHECK(says("access_denied") ==
        "UNAUTHENTICATED: the identity provider says: you were not let in there, or did not agree "
        "(access_denied)");
  CHECK(says("temporarily_unavailable").find("try again") != std::string::npos);
  CHECK(says("something_new") == "UNAUTHENTICATED: the identity provider says: something_new");
  CHECK(says("<img src=x onerror=alert(1)>") ==
        "UNAUTHENTICATED: the identity provider says: an error");
  CHECK(says(std::string(51, 'a')) == "UNAUTHENTICATED: the identity provider says: an error");
  auto callback = env.Agree(env.Begin());
  callback.code = "";
  CHECK(env.Try(callback) == "UNAUTHENTICATED: the identity provider's answer has no code");
  callback = env.Agree(env.Begin());
  callback.code = std::string(5000, 'a');
  CHECK(env.Try(callback) == "UNAUTHENTICATED: the identity provider's answer has no code");
}

TEST_CASE("a provider for services alone lets no browser sign in") {
  for (const char* place : {"authorization_endpoint", "token_endpoint"}) {
    Env env(json{{place, nullptr}});
    CHECK(absl::IsUnavailable(env.sign_in->Begin("/console/").status()));
  }
}

TEST_CASE("keys that the provider made a moment ago are asked for") {
  Env env;
  const SigningKey fresh("ec-2", SigningKey::Kind::kP256);
  env.fake_clock.Advance(limits::kOidcRefetchPause);
  env.provider.provider().Publish(fresh);
  env.provider.signs_with = &fresh;
  CHECK(env.Try(env.Agree(env.Begin())) == "OK");
}

TEST_CASE("the session of a provider's person has the roles of the groups that were named") {
  Env env(json::object(), "admins=Admin");
  env.provider.twist = [](json& claims) { claims["groups"] = {"admins", "mesh-system:admin"}; };
  const auto came = env.sign_in->Finish(env.Agree(env.Begin()));
  REQUIRE(came.ok());
  const auto caller = env.authenticator.AcceptPerson(came->person, {});
  REQUIRE(caller.ok());
  const auto scope = env.authenticator.EnterOrganization(*caller);
  const auto begun = env.sessions.Begin(*scope, {.token = std::nullopt,
                                                 .provider_session = came->person.provider_session,
                                                 .groups = came->person.groups});
  REQUIRE(begun.ok());
  const auto by_session = env.authenticator.AuthenticateSession(begun->text);
  REQUIRE(by_session.ok());
  CHECK(by_session->access->Administrates());
  CHECK(by_session->principal.groups == caller->principal.groups);
  CHECK(by_session->principal.name == caller->principal.name);
  CHECK(begun->session.expires_at == env.clock.Now() + limits::kSessionLife);
  // It ends with the account, and where the provider is not the one in use any more.
  Authenticator elsewhere({*env.store, env.clock});
  CHECK_FALSE(elsewhere.AuthenticateSession(begun->text).ok());
  UpdateAccount update;
  update.active = false;
  REQUIRE(env.accounts
              .Update(env.As(model::Role::kAdmin), AccountKind::kUser, begun->session.account.id,
                      update)
              .ok());
  CHECK_FALSE(env.authenticator.AuthenticateSession(begun->text).ok());
  CHECK(absl::IsUnauthenticated(env.authenticator.AcceptPerson(came->person, {}).status()));
}

TEST_CASE("a logout token is taken once, and an ID token never for one") {
  Env env;
  const std::string token = env.provider.LogoutToken();
  const auto logout = env.sign_in->TakeLogout(token);
  INFO(logout.status());
  REQUIRE(logout.ok());
  CHECK(logout->subject == env.provider.provider().issuer() + " 42");
  CHECK(logout->provider_session == "session of 42");
  CHECK(absl::IsUnauthenticated(env.sign_in->TakeLogout(token).status()));
  const auto taken = [&](const std::function<void(json&)>& twist) {
    const auto answer = env.sign_in->TakeLogout(env.provider.LogoutToken(twist));
    CHECK((answer.ok() || absl::IsUnauthenticated(answer.status())));
    return answer.ok();
  };
  CHECK(taken([](json& claims) { claims.erase("sid"); }));
  CHECK(taken([](json& claims) { claims.erase("sub"); }));
  CHECK(taken([](json& claims) { claims["exp"] = claims["iat"].get<int>() + 120; }));
  CHECK_FALSE(taken([](json& claims) {
    claims.erase("sid");
    claims.erase("sub");
  }));
  CHECK_FALSE(taken([](json& claims) { claims.erase("events"); }));
  CHECK_FALSE(taken([](json& claims) { claims["events"] = json::object(); }));
  CHECK_FALSE(taken([](json& claims) {
    claims["events"] = {"http://schemas.openid.net/event/backchannel-logout"};
  }));
  CHECK_FALSE(taken([](json& claims) { claims["events"].begin().value() = 1; }));
  CHECK_FALSE(taken([](json& claims) { claims["nonce"] = "x"; }));
  CHECK_FALSE(taken([](json& claims) { claims.erase("jti"); }));
  CHECK_FALSE(taken([](json& claims) { claims.erase("iat"); }));
  CHECK_FALSE(taken([](json& claims) { claims["iat"] = claims["iat"].get<int>() - 3600; }));
  CHECK_FALSE(taken([](json& claims) { claims["iat"] = claims["iat"].get<int>() + 3600; }));
  CHECK_FALSE(taken([](json& claims) { claims["exp"] = claims["iat"].get<int>() - 600; }));
  CHECK_FALSE(taken([](json& claims) { claims["aud"] = "skyden"; }));
  CHECK_FALSE(taken([](json& claims) { claims["iss"] = "https://evil.example.com"; }));
  const SigningKey stranger("ec-1", SigningKey::Kind::kP256);
  env.provider.signs_with = &stranger;
  CHECK_FALSE(taken(nullptr));
  for (const std::string& text :
       {std::string(), std::string("x"), std::string("a.b.c"), std::string(100'000, 'a')}) {
    CHECK(absl::IsUnauthenticated(env.sign_in->TakeLogout(text).status()));
  }
}

TEST_CASE("who signs out at the provider loses the sessions that it let begin") {
  Env env;
  const auto begin = [&](const std::string& subject, const std::string& session) {
    OidcPerson person;
    person.subject = env.provider.provider().issuer() + " " + subject;
    person.name = "person " + subject;
    const auto caller = env.authenticator.AcceptPerson(person, {});
    return env.sessions
        .Begin(*env.authenticator.EnterOrganization(*caller),
               {.token = std::nullopt, .provider_session = session, .groups = {}})
        .value()
        .text;
  };
  const std::string laptop = begin("42", "a");
  const std::string phone = begin("42", "b");
  const std::string others = begin("43", "c");
  const auto token = env.store.NewToken(env.organization, model::Role::kViewer);
  const auto by_token = env.sessions.Begin(env.Scope(token.text), {token.record.id})->text;
  const auto holds = [&](const std::string& text) {
    return env.authenticator.AuthenticateSession(text).ok();
  };
  const std::string subject = env.provider.provider().issuer() + " 42";
  CHECK(*env.sessions.EndOfProvider(env.organization, {"", ""}) == 0);
  CHECK(*env.sessions.EndOfProvider(env.organization, {"nobody", ""}) == 0);
  CHECK(*env.sessions.EndOfProvider(env.organization, {subject, "c"}) == 0);
  CHECK(*env.sessions.EndOfProvider(env.organization, {"", "a"}) == 1);
  CHECK_FALSE(holds(laptop));
  CHECK(holds(phone));
  CHECK(*env.sessions.EndOfProvider(env.organization, {subject, ""}) == 1);
  CHECK_FALSE(holds(phone));
  CHECK(holds(others));
  CHECK(holds(by_token));
}

}  // namespace
}  // namespace skyden::identity
