// SPDX-License-Identifier: Apache-2.0
// Signing in and out as a browser does, over a real connection.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "rest/credential.h"
#include "server/services.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"
#include "skyden/store/directory_tx.h"
#include "tests/rest/event_listener.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

const std::pair<std::string, std::string> kOurPage = {"Sec-Fetch-Site", "same-origin"};

// A browser that is signed in.
struct Browser {
  std::string cookie;  // "name=value"
  nlohmann::json session;

  std::string id() const { return session.at("id"); }
  std::string proof() const { return session.at("csrf_token"); }
  std::string value() const { return cookie.substr(cookie.find('=') + 1); }
  Headers ToRead() const { return {{"Cookie", cookie}}; }
  Headers ToChange() const { return {{"Cookie", cookie}, kOurPage, {"X-Skyden-Session", proof()}}; }
};

Answer SignIn(RestEnv& env, const std::string& token, Headers headers = {kOurPage}) {
  return env.Send("POST", "/v3/sessions", "", nlohmann::json{{"token", token}}.dump(), headers);
}

Browser Open(RestEnv& env, const std::string& token) {
  const Answer answer = SignIn(env, token);
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  REQUIRE(answer.cookies.size() == 1);
  return {answer.cookies[0].substr(0, answer.cookies[0].find(';')), answer.json()};
}

Answer Read(RestEnv& env, const Browser& browser, const std::string& path) {
  return env.Send("GET", path, "", "", browser.ToRead());
}

Answer Change(RestEnv& env, const Browser& browser, const std::string& method,
              const std::string& path, const std::string& body = "") {
  return env.Send(method, path, "", body, browser.ToChange());
}

std::string PortOf(RestEnv& env) {
  return env.server->address().substr(env.server->address().rfind(':') + 1);
}

// Of a control plane, then that across control planes.
std::string StreamOf(RestEnv& env) {
  const std::string of_one = RestEnv::ApiOf(env.NewControlPlane()) + "/events";
  return GENERATE(false, true) ? std::string("/v3/events") : of_one;
}

}  // namespace

TEST_CASE("a token begins a session, and its cookie opens what the token opens",
          "[rest][session]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const Answer answer = SignIn(env, env.operator_token);
  REQUIRE(answer.status == 201);
  REQUIRE(answer.cookies.size() == 1);
  const std::string prefix = "__Host-skyden-" + PortOf(env) + "=skses_";
  CHECK(answer.cookies[0].starts_with(prefix));
  CHECK(answer.cookies[0].ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
  const nlohmann::json session = answer.json();
  CHECK(session["principal"]["type"] == "system_account");
  CHECK(session["principal"]["id"] == env.Get("/v3/system-accounts/me").json()["id"]);
  CHECK(session["organization"]["name"] == "default");
  for (const char* time : {"created_at", "expires_at", "idle_expires_at"}) {
    CHECK(session.contains(time));
  }
  // The cookie's value is in no body.
  const Browser browser = Open(env, env.operator_token);
  CHECK(browser.session.dump().find(browser.value()) == std::string::npos);

  for (const std::string& path :
       {std::string("/v1/mesh/control-planes"), "/v1/mesh/control-planes/" + id,
        std::string("/v3/organizations/me"), RestEnv::ApiOf(id) + "/meshes",
        RestEnv::ApiOf(id) + "/who-am-i", "/v1/mesh/control-planes/" + id + "/ops/audit"}) {
    CAPTURE(path);
    CHECK(Read(env, browser, path).status == 200);
    CHECK(Read(env, browser, path).body == env.Get(path).body);
    CHECK(env.Send("GET", path, "").status == 401);
  }
  const Answer current = Read(env, browser, "/v3/sessions/current");
  CHECK(current.status == 200);
  CHECK(current.json()["id"] == browser.id());
  CHECK(current.json()["csrf_token"] == browser.proof());
}

TEST_CASE("what a page reads by itself is no use of its session", "[rest][session]") {
  RestEnv env;
  const Browser browser = Open(env, env.operator_token);
  const absl::Time long_ago = absl::Now() - absl::Minutes(30);
  const auto owner =
      env.store->FindToken(model::SystemScope::For("test"), model::TokenId(browser.id()));
  REQUIRE(owner.ok());
  const auto scope = model::SystemScope::For("test").In((*owner)->organization);
  REQUIRE(env.store
              ->WriteDirectory(scope,
                               [&](store::DirectoryTx& tx) {
                                 return tx.TouchToken(model::TokenId(browser.id()), long_ago);
                               })
              .ok());
  const auto idle_end = [&](Headers headers) {
    headers.emplace_back("Cookie", browser.cookie);
    const Answer answer = env.Send("GET", "/v3/sessions/current", "", "", headers);
    REQUIRE(answer.status == 200);
    return base::ParseRfc3339(answer.json()["idle_expires_at"].get<std::string>()).value();
  };
  for (int i = 0; i < 2; ++i) {
    CHECK(idle_end({{"X-Skyden-Unattended", "true"}}) ==
          absl::FromUnixNanos(absl::ToUnixNanos(long_ago)) + base::limits::kSessionIdle);
  }
  CHECK(idle_end({}) > long_ago + base::limits::kSessionIdle + absl::Minutes(20));
}

TEST_CASE("how a browser can sign in is told to everybody", "[rest][session]") {
  RestEnv env;
  const Answer answer = env.Send("GET", "/v3/sign-in", "");
  CHECK(answer.status == 200);
  CHECK(answer.json() ==
        nlohmann::json::parse(R"({"token":true,"oidc":{"enabled":false,"name":""}})"));
}

TEST_CASE("another site's page can sign nobody in", "[rest][session]") {
  RestEnv env;
  const std::string own = "http://" + env.server->address();
  struct Case {
    Headers headers;
    int status;
  };
  const Case cases[] = {
      {{}, 403},
      {{{"Sec-Fetch-Site", "cross-site"}}, 403},
      {{{"Sec-Fetch-Site", "same-site"}}, 403},
      {{{"Sec-Fetch-Site", "none"}}, 403},
      {{{"Sec-Fetch-Site", "cross-site"}, {"Origin", own}}, 403},
      {{{"Origin", "https://evil.example"}}, 403},
      {{{"Origin", "null"}}, 403},
      {{{"Origin", own + ".evil.example"}}, 403},
      {{{"Sec-Fetch-Site", "same-origin"}}, 201},
      {{{"Origin", own}}, 201},
      // A form of another site, which cannot say that it is JSON.
      {{{"Content-Type", "text/plain"}, {"Sec-Fetch-Site", "same-origin"}}, 415},
      {{{"Content-Type", "application/x-www-form-urlencoded"}, {"Sec-Fetch-Site", "same-origin"}},
       415},
  };
  for (const Case& one : cases) {
    CAPTURE(one.headers);
    const Answer answer = SignIn(env, env.operator_token, one.headers);
    CHECK(answer.status == one.status);
    CHECK(answer.cookies.empty() == (one.status != 201));
  }
  // From afar, without TLS, no browser keeps the cookie: it is said so.
  const Answer afar =
      SignIn(env, env.operator_token, {kOurPage, {"Host", "skyden.example.com:5681"}});
  CHECK(afar.status == 403);
  CHECK(afar.body.find("https") != std::string::npos);
}

TEST_CASE("what is no good token begins no session", "[rest][session]") {
  RestEnv env;
  const Browser browser = Open(env, env.operator_token);
  for (const std::string& token : {std::string(), std::string("x"), env.operator_token + "x",
                                   browser.value(), std::string("a.b.c"), std::string(9000, 'a')}) {
    CAPTURE(token);
    const Answer answer = SignIn(env, token);
    CHECK(answer.status == 401);
    CHECK(answer.cookies.empty());
    CHECK(answer.body.find("skses_") == std::string::npos);
  }
  for (const char* body : {"", "{}", "[]", R"({"token":1})", R"({"token":"x","other":1})", "{"}) {
    CAPTURE(body);
    CHECK(env.Send("POST", "/v3/sessions", "", body, {kOurPage}).status == 400);
  }
  CHECK(env.Send("POST", "/v3/sessions", "", std::string(100'000, ' '), {kOurPage}).status == 413);
  // Neither the session nor a header that comes along makes it one.
  Headers with_session = browser.ToChange();
  CHECK(env.Send("POST", "/v3/sessions", "", R"({"token":"x"})", with_session).status == 401);
  CHECK(
      env.Send("POST", "/v3/sessions", env.operator_token, R"({"token":"x"})", {kOurPage}).status ==
      401);
}

TEST_CASE("who tries one token or cookie after another is slowed, and nobody else is",
          "[rest][session]") {
  RestEnv env([](RestEnv& self, Deps& deps) { deps.door = &self.services().door; });
  const Browser browser = Open(env, env.operator_token);
  int slowed = 0;
  for (int i = 0; i < 2 * static_cast<int>(base::limits::kFailedSignInsBurst) && slowed == 0; ++i) {
    const int status = SignIn(env, fmt::format("wrong {}", i)).status;
    CHECK((status == 401 || status == 429));
    slowed += status == 429 ? 1 : 0;
  }
  CHECK(slowed == 1);
  const std::string name = browser.cookie.substr(0, browser.cookie.find('='));
  CHECK(env.Send("GET", "/v3/sessions", "", "", {{"Cookie", name + "=wrong"}}).status == 429);
  // What is good is never held back.
  CHECK(SignIn(env, env.operator_token).status == 201);
  CHECK(Read(env, browser, "/v3/sessions/current").status == 200);
}

TEST_CASE("a cookie alone reads, and changes nothing", "[rest][session]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string own = "http://" + env.server->address();
  const Browser browser = Open(env, env.operator_token);
  const Browser other = Open(env, env.operator_token);
  struct Case {
    Headers headers;
    bool taken;
  };
  const std::pair<std::string, std::string> proof = {"X-Skyden-Session", browser.proof()};
  const Case cases[] = {
      {{}, false},
      {{kOurPage}, false},
      {{proof}, false},
      {{kOurPage, proof}, true},
      {{{"Origin", own}, proof}, true},
      {{{"Origin", "https://evil.example"}, proof}, false},
      {{{"Sec-Fetch-Site", "cross-site"}, proof}, false},
      {{{"Sec-Fetch-Site", "same-site"}, {"Origin", own}, proof}, false},
      {{kOurPage, {"X-Skyden-Session", other.proof()}}, false},
      {{kOurPage, {"X-Skyden-Session", ""}}, false},
  };
  struct Try {
    const char* method;
    std::string path;
    std::string body;
  };
  const std::string mesh = RestEnv::ApiOf(id) + "/meshes/m";
  const Try tries[] = {
      {"POST", "/v1/mesh/control-planes", R"({"name":"more"})"},
      {"PUT", "/v1/mesh/control-planes/" + id, R"({"name":"x"})"},
      {"PATCH", "/v1/mesh/control-planes/" + id, "{}"},
      {"PUT", mesh, R"({"type":"Mesh","name":"m"})"},
      {"DELETE", mesh, ""},
      {"DELETE", "/v3/sessions/none", ""},
      {"POST", RestEnv::ApiOf(id) + "/tokens/dataplane",
       R"({"name":"d","mesh":"default","validFor":"1h"})"},
  };
  for (const Try& one : tries) {
    for (const Case& with : cases) {
      CAPTURE(one.method, one.path, with.headers);
      Headers headers = with.headers;
      headers.emplace_back("Cookie", browser.cookie);
      const Answer answer = env.Send(one.method, one.path, "", one.body, headers);
      CHECK((answer.status == 403) == !with.taken);
      CHECK(answer.status < 500);
    }
  }
  CHECK(Read(env, browser, "/v1/mesh/control-planes").json()["meta"]["page"]["total"] == 3);
}

TEST_CASE("with a header and a cookie the header is judged alone", "[rest][session]") {
  RestEnv env;
  const Browser browser = Open(env, env.operator_token);
  const std::string viewer = env.NewToken(model::Role::kViewer);
  Headers headers = browser.ToChange();
  CHECK(env.Send("POST", "/v1/mesh/control-planes", viewer, R"({"name":"x"})", headers).status ==
        403);
  CHECK(env.Send("GET", "/v1/mesh/control-planes", "wrong", "", headers).status == 401);
  // The header needs none of what a cookie needs.
  CHECK(env.Send("POST", "/v1/mesh/control-planes", env.operator_token, R"({"name":"x"})",
                 {{"Cookie", browser.cookie}, {"Sec-Fetch-Site", "cross-site"}})
            .status == 201);
  headers.emplace_back("Authorization", "");
  CHECK(env.Send("GET", "/v1/mesh/control-planes", "", "", headers).status == 401);
  // A session is no token.
  CHECK(env.Send("GET", "/v1/mesh/control-planes", browser.value()).status == 401);
}

TEST_CASE("cookies that are not exactly ours open nothing", "[rest][session]") {
  RestEnv env;
  const Browser browser = Open(env, env.operator_token);
  const std::string name = browser.cookie.substr(0, browser.cookie.find('='));
  const std::string other = Open(env, env.operator_token).cookie;
  for (const std::string& cookie :
       {browser.cookie + "; " + browser.cookie, browser.cookie + "; " + other, name + "=",
        browser.cookie + "x", name + "=\"" + browser.value() + "\"",
        name + "=" + env.operator_token, "__Host-skyden=" + browser.value(),
        "skyden=" + browser.value(), name + "1=" + browser.value(),
        name + "=" + std::string(8000, 'a'), browser.cookie.substr(0, browser.cookie.size() - 1)}) {
    CAPTURE(cookie);
    CHECK(env.Send("GET", "/v1/mesh/control-planes", "", "", {{"Cookie", cookie}}).status == 401);
  }
  CHECK(env.Send("GET", "/v1/mesh/control-planes", "", "",
                 {{"Cookie", "a=b; " + browser.cookie + "; c=d"}})
            .status == 200);
}

TEST_CASE("every route that reads answers a session as it answers its token", "[rest][session]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  for (const model::Role role : {model::Role::kOperator, model::Role::kViewer}) {
    const std::string token = env.NewToken(role);
    const Browser browser = Open(env, token);
    size_t walked = 0;
    for (const http::Route& route : env.api->routes()) {
      const bool reads = route.method == http::Method::kGet;
      if (!reads || route.pattern.ends_with("/events")) continue;
      if (route.pattern.find("/sessions") != std::string::npos) continue;
      std::string path = route.pattern;
      for (size_t at = path.find('{'); at != std::string::npos; at = path.find('{')) {
        const size_t end = path.find('}', at);
        const std::string what = path.substr(at + 1, end - at - 1);
        path.replace(at, end - at + 1, what == "id" ? id : "default");
      }
      CAPTURE(path);
      CHECK(Read(env, browser, path).status == env.Send("GET", path, token).status);
      ++walked;
    }
    CHECK(walked > 100);
  }
}

TEST_CASE("signing out ends the session and takes the cookie back", "[rest][session]") {
  RestEnv env;
  const Browser browser = Open(env, env.operator_token);
  CHECK(env.Send("DELETE", "/v3/sessions/current", "", "", browser.ToRead()).status == 403);
  const Answer out = Change(env, browser, "DELETE", "/v3/sessions/current");
  CHECK(out.status == 204);
  REQUIRE(out.cookies.size() == 1);
  CHECK(out.cookies[0].find("=; Path=/") != std::string::npos);
  CHECK(out.cookies[0].ends_with("; Max-Age=0"));
  // The cookie again, from wherever somebody kept it.
  CHECK(Read(env, browser, "/v3/sessions/current").status == 401);
  CHECK(Change(env, browser, "DELETE", "/v3/sessions/current").status == 401);
  CHECK(env.Get("/v1/mesh/control-planes").status == 200);
  // Who signed in with a token has none.
  CHECK(env.Get("/v3/sessions/current").status == 404);
  CHECK(env.Delete("/v3/sessions/current").status == 404);
}

TEST_CASE("who signs in anew leaves no session behind", "[rest][session]") {
  RestEnv env;
  const Browser before = Open(env, env.operator_token);
  const Answer again = SignIn(env, env.operator_token, {kOurPage, {"Cookie", before.cookie}});
  REQUIRE(again.status == 201);
  CHECK(again.json()["id"] != before.id());
  CHECK(Read(env, before, "/v3/sessions/current").status == 401);
}

TEST_CASE("sessions are listed and ended by their person and by administrators",
          "[rest][session]") {
  RestEnv env;
  const std::string viewer = env.NewToken(model::Role::kViewer);
  const Browser mine = Open(env, viewer);
  const Browser admins = Open(env, env.operator_token);
  const nlohmann::json own = Read(env, mine, "/v3/sessions").json();
  CHECK(own["meta"]["page"]["total"] == 1);
  CHECK(own["data"][0]["id"] == mine.id());
  CHECK_FALSE(own["data"][0].contains("csrf_token"));
  CHECK(Read(env, mine, "/v3/sessions?organization=true").status == 403);
  CHECK(Read(env, admins, "/v3/sessions?organization=true").json()["meta"]["page"]["total"] == 2);
  CHECK(Change(env, mine, "DELETE", "/v3/sessions/" + admins.id()).status == 404);
  CHECK(Change(env, admins, "DELETE", "/v3/sessions/" + mine.id()).status == 204);
  CHECK(Read(env, mine, "/v3/sessions").status == 401);
  const std::string foreign = env.NewOrganization("foreign");
  CHECK(env.Send("GET", "/v3/sessions?organization=true", foreign).json()["data"].empty());
  CHECK(env.Send("DELETE", "/v3/sessions/" + admins.id(), foreign).status == 404);
  // The person of the session may end it by its id, and loses the cookie.
  const Answer out = Change(env, admins, "DELETE", "/v3/sessions/" + admins.id());
  CHECK(out.status == 204);
  CHECK(out.cookies.size() == 1);
}

TEST_CASE("a stream ends with its session, and with the token of it", "[rest][session][watch]") {
  RestEnv env;
  const std::string events = StreamOf(env);
  const std::string viewer = env.NewToken(model::Role::kViewer);
  const Browser signs_out = Open(env, viewer);
  const Browser goes_along = Open(env, viewer);
  Listener first(env, events, {{"cookie", signs_out.cookie}});
  Listener second(env, events, {{"cookie", goes_along.cookie}});
  REQUIRE(first.Hears("event: ready\n"));
  REQUIRE(second.Hears("event: ready\n"));
  REQUIRE(Change(env, signs_out, "DELETE", "/v3/sessions/current").status == 204);
  CHECK(first.Ends());
  CHECK_FALSE(second.over());
  const std::string account = goes_along.session["principal"]["id"];
  const std::string tokens = "/v3/system-accounts/" + account + "/access-tokens";
  const std::string token = env.Get(tokens).json()["data"][0]["id"];
  REQUIRE(env.Delete(tokens + "/" + token).status == 204);
  CHECK(second.Ends());
  CHECK(Read(env, goes_along, "/v3/sessions/current").status == 401);
}

TEST_CASE("a session has four streams, and another one more", "[rest][session][watch]") {
  RestEnv env;
  const std::string events = StreamOf(env);
  const Browser browser = Open(env, env.operator_token);
  std::vector<std::unique_ptr<Listener>> listeners;
  const auto listen = [&](const Browser& who) -> Listener& {
    const Headers headers = {{"cookie", who.cookie}};
    return *listeners.emplace_back(std::make_unique<Listener>(env, events, headers));
  };
  for (size_t i = 0; i < base::limits::kWatchesPerSession; ++i) {
    REQUIRE(listen(browser).Hears("event: ready\n"));
  }
  Listener& fifth = listen(browser);
  CHECK(fifth.Ends());
  CHECK(fifth.status() == 429);
  const Browser another = Open(env, env.operator_token);
  CHECK(listen(another).Hears("event: ready\n"));
  REQUIRE(Change(env, browser, "DELETE", "/v3/sessions/current").status == 204);
  for (size_t i = 0; i < base::limits::kWatchesPerSession; ++i) CHECK(listeners[i]->Ends());
}

}  // namespace skyden::rest
