// SPDX-License-Identifier: Apache-2.0
// Every route with every method: somebody else's control plane answers exactly like one that does
// not exist, and nobody gets in without a token.
#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

constexpr char kMissing[] = "00000000-0000-4000-8000-000000000000";

// A path of the pattern, in control plane `id`.
std::string Fill(std::string pattern, const std::string& id) {
  const auto replace = [&](const std::string& from, const std::string& to) {
    for (size_t at = pattern.find(from); at != std::string::npos; at = pattern.find(from)) {
      pattern.replace(at, from.size(), to);
    }
  };
  replace("{id}", id);
  replace("{mesh}", "default");
  replace("{kri}", "kri_m____default_");
  replace("{kind}", "xds");
  for (size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{')) {
    pattern.replace(at, pattern.find('}', at) - at + 1, "default");
  }
  return pattern;
}

// No two requests have the same id.
std::string WithoutRequestId(const std::string& body) {
  static const std::regex kRequest("skyden:request:[0-9a-f-]+");
  return std::regex_replace(body, kRequest, "skyden:request:");
}

}  // namespace

TEST_CASE("a foreign control plane answers like a missing one, on every route", "[rest]") {
  RestEnv env;
  const std::string mine = env.NewControlPlane("mine");
  const std::string theirs = env.NewControlPlane("theirs");
  // Bound to `mine`, so that `theirs` is foreign.
  const std::string token = env.NewToken(model::Role::kAdmin, mine);
  std::set<std::string> patterns;
  for (const http::Route& route : env.api->routes()) {
    if (route.pattern.find("{id}") != std::string::npos) patterns.insert(route.pattern);
  }
  REQUIRE(patterns.size() > 150);
  size_t told_apart = 0;
  for (const std::string& pattern : patterns) {
    for (const char* method : {"GET", "PUT", "POST", "PATCH", "DELETE"}) {
      const std::string body = *method == 'P' ? "{\"name\":\"x\"}" : "";
      const Answer foreign = env.Send(method, Fill(pattern, theirs), token, body,
                                      {{"Content-Type", "application/json"}});
      const Answer missing = env.Send(method, Fill(pattern, kMissing), token, body,
                                      {{"Content-Type", "application/json"}});
      CAPTURE(method, pattern, foreign.body, missing.body);
      CHECK(foreign.status == missing.status);
      CHECK(WithoutRequestId(foreign.body) == WithoutRequestId(missing.body));
      CHECK(foreign.status >= 400);
      CHECK(foreign.status < 500);
      if (pattern.ends_with("/events") && *method == 'G') continue;  // it would not end
      // The walk needs it to the end.
      const bool ends_it =
          pattern == "/v1/mesh/control-planes/{id}" && method == std::string_view("DELETE");
      if (ends_it) continue;
      const Answer own = env.Send(method, Fill(pattern, mine), token, body,
                                  {{"Content-Type", "application/json"}});
      told_apart += own.body != foreign.body ? 1 : 0;
      CHECK(own.status != 0);
      CHECK(own.status < 500);
    }
  }
  // The walk means something only if one's own control plane does answer otherwise.
  CHECK(told_apart > patterns.size());
  CHECK(env.Get("/v1/mesh/control-planes/" + theirs).status == 200);
}

TEST_CASE("no route but the index, and those to sign in, answers without a token", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  for (const http::Route& route : env.api->routes()) {
    const std::string method(http::MethodName(route.method));
    const bool index = route.pattern == "/v1/mesh/control-planes/{id}/api";
    const Answer answer =
        env.Send(method, Fill(route.pattern, id), "", "{}", {{"Content-Type", "application/json"}});
    CAPTURE(method, route.pattern, answer.body);
    const bool ways = route.pattern == "/v3/sign-in";
    const bool of_provider = route.pattern == "/v3/sign-in/oidc/back-channel-logout";
    const bool signs_in = method == "POST" && route.pattern == "/v3/sessions";
    CHECK(answer.status == (index || ways ? 200 : of_provider ? 404 : signs_in ? 403 : 401));
  }
}

TEST_CASE("the index tells strangers the same of every control plane", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const Answer real = env.Send("GET", RestEnv::ApiOf(id), "");
  const Answer missing = env.Send("GET", RestEnv::ApiOf(kMissing), "");
  CHECK(real.status == 200);
  CHECK(real.body == missing.body);
  CHECK(env.Get(RestEnv::ApiOf(id)).json()["clusterId"] != "");
}

}  // namespace skyden::rest
