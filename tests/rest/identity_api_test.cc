// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>

#include "skyden/http/uri.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {

using nlohmann::json;

namespace {

std::string IdOf(const Answer& answer) {
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return answer.json().at("id");
}

constexpr char kViewerOnAll[] =
    R"({"role_name":"Viewer","entity_id":"*","entity_type_name":"Mesh Control Planes",
        "entity_region":"eu"})";

}  // namespace

TEST_CASE("a system account is given a role and a token, and both are taken back", "[rest]") {
  RestEnv env;
  const std::string cp = "/v1/mesh/control-planes/" + env.NewControlPlane();
  const Answer made =
      env.Post("/v3/system-accounts", R"({"name":"ci","description":"d","konnect_managed":false})");
  const std::string path = "/v3/system-accounts/" + IdOf(made);
  CHECK(made.json()["name"] == "ci");
  CHECK(made.json()["description"] == "d");
  CHECK(made.json()["konnect_managed"] == false);
  CHECK(env.Post("/v3/system-accounts", R"({"name":"ci"})").status == 409);
  CHECK(env.Get(path).json() == made.json());

  const Answer issued =
      env.Post(path + "/access-tokens", R"({"name":"first","expires_at":"2026-12-31T00:00:00Z"})");
  const std::string token_id = IdOf(issued);
  const std::string token = issued.json()["token"];
  CHECK(token.starts_with("sksat_"));
  CHECK(env.Send("GET", cp, token).status == 404);
  const Answer role = env.Post(path + "/assigned-roles", kViewerOnAll);
  CHECK(role.json()["role_name"] == "Viewer");
  CHECK(role.json()["entity_id"] == "*");
  CHECK(role.json()["entity_region"] == "eu");
  CHECK(env.Send("GET", cp, token).status == 200);
  CHECK(env.Send("GET", "/v3/system-accounts/me", token).json()["name"] == "ci");
  CHECK(env.Send("GET", "/v3/users/me", token).status == 404);
  CHECK(env.Get(path + "/assigned-roles").json()["data"] == json::array({role.json()}));

  const Answer tokens = env.Get(path + "/access-tokens");
  CHECK(tokens.json()["meta"]["page"]["total"] == 1);
  const json listed = tokens.json()["data"][0];
  CHECK(listed["name"] == "first");
  CHECK_FALSE(listed.contains("token"));
  CHECK(env.Send("PATCH", path + "/access-tokens/" + token_id, env.operator_token,
                 R"({"name":"second"})")
            .json()["name"] == "second");

  CHECK(env.Delete(path + "/assigned-roles/" + role.json()["id"].get<std::string>()).status == 204);
  CHECK(env.Send("GET", cp, token).status == 404);
  CHECK(env.Delete(path + "/access-tokens/" + token_id).status == 204);
  CHECK(env.Send("GET", cp, token).status == 401);
  CHECK(env.Get(path + "/access-tokens/" + token_id).status == 404);
  CHECK(env.Delete(path).status == 204);
  CHECK(env.Get(path).status == 404);
}

TEST_CASE("a user's personal token is listed with its state and revoked", "[rest]") {
  RestEnv env;
  const Answer made =
      env.Post("/v3/users", R"({"email":"jane@example.com","full_name":"Jane Doe"})");
  const std::string path = "/v3/users/" + IdOf(made);
  CHECK(made.json()["active"] == true);
  const Answer issued = env.Post(path + "/access-tokens", R"({"name":"t","ttl_seconds":86400})");
  const std::string id = IdOf(issued);
  const std::string token = issued.json()["konnect_token"];
  CHECK(token.starts_with("skpat_"));
  CHECK(issued.json()["state"] == "ACTIVE");
  CHECK(issued.json()["user_id"] == made.json()["id"]);
  CHECK(env.Send("GET", "/v3/users/me", token).json()["email"] == "jane@example.com");
  CHECK(env.Send("GET", "/v3/organizations/me", token).json()["name"] == "default");
  CHECK(env.Send("GET", path + "/access-tokens", token).json()["data"].size() == 1);
  CHECK(env.Send("GET", "/v3/users", token).status == 403);

  const Answer revoked = env.Send("PATCH", path + "/access-tokens/" + id + "/revoke", token);
  CHECK(revoked.json()["state"] == "REVOKED");
  CHECK(env.Send("GET", "/v3/users/me", token).status == 401);
  CHECK(env.Get(path + "/access-tokens/" + id).json()["state"] == "REVOKED");
  for (const char* bad :
       {R"({"name":"t","ttl_seconds":86399})", R"({"name":"t","ttl_seconds":31536001})",
        R"({"name":"t","ttl_seconds":"x"})", R"({"ttl_seconds":86400})",
        R"({"name":"t","expires_at":"yesterday"})",
        R"({"name":"t","expires_at":"2020-01-01T00:00:00Z"})", R"({"name":"t","color":"red"})",
        "[]", ""}) {
    CAPTURE(bad);
    const Answer refused = env.Post(path + "/access-tokens", bad);
    CHECK(refused.status == 400);
    CHECK(refused.content_type == "application/problem+json");
  }
}

TEST_CASE("lists of accounts have pages and filters", "[rest]") {
  RestEnv env;
  for (const char* name : {"a-1", "a-2", "b-1"}) {
    IdOf(env.Post("/v3/system-accounts", std::string(R"({"name":")") + name + "\"}"));
  }
  const json page = env.Get("/v3/system-accounts?page[size]=2&page[number]=2").json();
  CHECK(page["meta"]["page"] == json({{"number", 2}, {"size", 2}, {"total", 4}}));
  const auto total = [&](const std::string& query) {
    return env.Get("/v3/system-accounts?" + query).json()["meta"]["page"]["total"].get<int>();
  };
  CHECK(total("filter[name][contains]=a-") == 2);
  CHECK(total("filter[name]=b-1") == 1);
  CHECK(total("filter[name][eq]=b") == 0);
  CHECK(total("filter[konnect_managed]=false") == 4);
  CHECK(total("filter[konnect_managed]=true") == 0);
  CHECK(env.Get("/v3/system-accounts?filter[color]=red").status == 400);
  CHECK(env.Get("/v3/users?page[size]=0").status == 400);
}

TEST_CASE("whatever can be made can be read alone and deleted", "[rest]") {
  RestEnv env;
  const std::string plane = env.NewControlPlane();
  for (const std::string kind : {"users", "system-accounts"}) {
    CAPTURE(kind);
    const std::string base = "/v3/" + kind;
    const std::string account =
        base + "/" +
        IdOf(env.Post(base, kind == "users" ? R"({"full_name":"Jane","email":"jane@example.com"})"
                                            : R"({"name":"robot"})"));
    const Answer role =
        env.Post(account + "/assigned-roles", R"({"role_name":"Viewer","entity_id":")" + plane +
                                                  R"(","entity_type_name":"Mesh Control Planes"})");
    const std::string one = account + "/assigned-roles/" + IdOf(role);
    const Answer read = env.Get(one);
    CHECK(read.status == 200);
    CHECK(read.json() == role.json());
    // Of this account, and no other.
    const std::string other =
        base + "/" +
        IdOf(env.Post(base, kind == "users" ? R"({"full_name":"Joe","email":"joe@example.com"})"
                                            : R"({"name":"another"})"));
    CHECK(env.Get(other + "/assigned-roles/" + IdOf(role)).status == 404);
    CHECK(env.Delete(one).status == 204);
    CHECK(env.Get(one).status == 404);
    CHECK(env.Delete(one).status == 404);
    const std::string token =
        account + "/access-tokens/" + IdOf(env.Post(account + "/access-tokens", R"({"name":"t"})"));
    CHECK(env.Get(token).json()["name"] == "t");
    CHECK(env.Delete(token).status == 204);
    CHECK(env.Get(token).status == 404);
    CHECK(env.Delete(account).status == 204);
    CHECK(env.Get(account).status == 404);
  }
}

TEST_CASE("how people sign in is shown to who administrates", "[rest]") {
  RestEnv env;
  const Answer settings = env.Get("/v3/authentication-settings");
  REQUIRE(settings.status == 200);
  CHECK(settings.json() == json({{"basic_auth_enabled", false},
                                 {"oidc_auth_enabled", false},
                                 {"saml_auth_enabled", false},
                                 {"idp_mapping_enabled", false},
                                 {"konnect_mapping_enabled", true}}));
  CHECK(env.Send("GET", "/v3/authentication-settings", env.NewToken(model::Role::kViewer)).status ==
        403);
}

TEST_CASE("lists are filtered by every member that they show", "[rest]") {
  RestEnv env;
  const std::string plane = env.NewControlPlane("plane");
  env.NewControlPlane("another");
  const std::string user =
      "/v3/users/" +
      IdOf(env.Post("/v3/users", R"({"full_name":"Jane Doe","email":"jane@example.com"})"));
  env.Post("/v3/users", R"({"full_name":"Joe Bloggs","email":"joe@example.com"})");
  const std::string account =
      "/v3/system-accounts/" +
      IdOf(env.Post("/v3/system-accounts", R"({"name":"robot","description":"does things"})"));
  env.Post("/v3/organizations", R"({"name":"acme"})");
  for (const std::string& owner : {user, account}) {
    for (const std::string& entity : {plane, std::string("*")}) {
      const std::string role = entity == "*" ? "Creator" : "Viewer";
      REQUIRE(env.Post(owner + "/assigned-roles",
                       R"({"role_name":")" + role + R"(","entity_id":")" + entity +
                           R"(","entity_type_name":"Mesh Control Planes"})")
                  .status == 201);
    }
    for (const std::string name : {"first", "second"}) {
      REQUIRE(env.Post(owner + "/access-tokens", R"({"name":")" + name + "\"}").status == 201);
    }
  }
  env.rejected = {{.at = absl::UnixEpoch(),
                   .peer = "192.0.2.1",
                   .zone_name = "east",
                   .reason = "expired",
                   .advice = "rotate it"}};
  size_t members = 0;
  for (const std::string& path :
       {std::string("/v1/mesh/control-planes"), std::string("/v3/organizations"),
        std::string("/v3/users"), std::string("/v3/system-accounts"), user + "/assigned-roles",
        account + "/assigned-roles", user + "/access-tokens", account + "/access-tokens",
        "/v1/mesh/control-planes/" + plane + "/ops/rejected-connections"}) {
    const json all = env.Get(path).json()["data"];
    REQUIRE_FALSE(all.empty());
    const json& last = all.back();
    for (const auto& [member, value] : last.items()) {
      if (!value.is_string() && !value.is_boolean()) continue;  // objects, and what it has not
      ++members;
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      const auto found = [&](const std::string& filter) {
        const Answer answer = env.Get(path + "?filter[" + member + "]" + filter);
        CAPTURE(path, member, filter, answer.body);
        CHECK(answer.status == 200);
        const json data = answer.json()["data"];
        return std::find(data.begin(), data.end(), last) != data.end();
      };
      CAPTURE(path, member, text);
      const std::string escaped = http::PercentEncode(text);
      CHECK(found("=" + escaped));
      CHECK(found("[eq]=" + escaped));
      CHECK(found("[oeq]=nothing," + escaped));
      CHECK(found("[ocontains]=nothing," + escaped));
      CHECK_FALSE(found("[neq]=" + escaped));
      CHECK(found("[neq]=nothing"));
      CHECK_FALSE(found("=nothing"));
    }
    const Answer refused = env.Get(path + "?filter[color][eq]=red");
    CHECK(refused.status == 400);
    const json invalid = refused.json()["invalid_parameters"];
    CHECK(invalid[0]["field"] == "filter[color][eq]");
    CHECK(invalid[0]["source"] == "query");
    CHECK(invalid[0]["reason"].get<std::string>().find("can be filtered by ") != std::string::npos);
  }
  CHECK(members > 45);
}

TEST_CASE("an operator makes organizations, and neither sees the other's", "[rest]") {
  RestEnv env;
  const std::string mine = env.NewControlPlane("mine");
  const Answer made = env.Post("/v3/organizations", R"({"name":"acme"})");
  const std::string path = "/v3/organizations/" + IdOf(made);
  const std::string token = made.json()["access_token"]["token"];
  CHECK(env.Get(path).json()["name"] == "acme");
  CHECK(env.Get("/v3/organizations").json()["meta"]["page"]["total"] == 2);
  CHECK(env.Send("GET", "/v3/organizations", token).status == 403);
  CHECK(env.Send("GET", "/v3/organizations/me", token).json()["name"] == "acme");
  CHECK(env.Send("GET", "/v1/mesh/control-planes", token).json()["data"].empty());
  CHECK(env.Send("GET", "/v1/mesh/control-planes/" + mine, token).status == 404);
  const Answer theirs = env.Send("POST", "/v1/mesh/control-planes", token, R"({"name":"theirs"})");
  const std::string plane = "/v1/mesh/control-planes/" + IdOf(theirs);
  CHECK(env.Get(plane).status == 404);
  CHECK(env.Delete(path).status == 409);
  CHECK(env.Send("DELETE", plane, token).status == 204);
  CHECK(env.Delete(path).status == 204);
  CHECK(env.Get(path).status == 404);
  CHECK(env.Send("GET", "/v3/organizations/me", token).status == 401);
}

TEST_CASE("one call gives a token that only reads", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string path = "/v1/mesh/control-planes/" + id;
  const Answer shared = env.Post(path + "/ops/share-token", R"({"ttl_seconds":86400})");
  REQUIRE(shared.status == 201);
  const std::string token = shared.json()["token"];
  CHECK(shared.json()["assigned_role"]["entity_id"] == id);
  CHECK(env.Send("GET", path, token).status == 200);
  CHECK(env.Send("GET", path + "/api/meshes/default", token).status == 200);
  CHECK(env.Send("DELETE", path + "/api/meshes/default", token).status == 403);
  CHECK(env.Send("GET", path + "/api/global-secrets", token).status == 403);
  CHECK(env.Send("GET", "/v1/mesh/control-planes", token).json()["data"].size() == 1);
}

TEST_CASE("a suspended control plane is read-only, and says why", "[rest]") {
  RestEnv env;
  const std::string path = "/v1/mesh/control-planes/" + env.NewControlPlane();
  const std::string policy = R"({"type":"Mesh","name":"m2"})";
  const Answer suspended =
      env.Post(path + "/ops/suspend", R"({"reason":"unpaid","until":"2099-01-01T00:00:00Z"})");
  REQUIRE(suspended.status == 200);
  CHECK(suspended.json()["suspension"]["reason"] == "unpaid");
  CHECK(suspended.json()["suspension"]["until"] == "2099-01-01T00:00:00Z");
  CHECK(env.Get(path).json()["suspension"] == suspended.json()["suspension"]);
  const std::string why =
      "the control plane is suspended (unpaid) until 2099-01-01T00:00:00Z: nothing can be changed "
      "until it is resumed";
  const Answer put = env.Put(path + "/api/meshes/m2", policy);
  CHECK(put.status == 409);
  CHECK(put.json()["title"] == "Control plane is suspended");
  CHECK(put.json()["detail"] == why);
  CHECK(env.Delete(path + "/api/meshes/default").status == 409);
  const Answer provision = env.Post(path + "/provision-zone", R"({"name":"zone-1"})");
  CHECK(provision.status == 409);
  CHECK(provision.json()["detail"] == why);
  CHECK(env.Post(path + "/api/tokens/user", R"({"name":"u","groups":[],"validFor":"1h"})").status ==
        409);
  CHECK(env.Get(path + "/api/meshes/default").status == 200);

  const Answer resumed = env.Post(path + "/ops/resume", "");
  CHECK(resumed.status == 200);
  CHECK_FALSE(resumed.json().contains("suspension"));
  CHECK(env.Put(path + "/api/meshes/m2", policy).status == 201);
  CHECK(env.Post(path + "/ops/suspend", R"({"until":"2000-01-01T00:00:00Z"})").status == 400);
  CHECK(env.Post(path + "/ops/suspend", R"({"color":"red"})").status == 400);
}

TEST_CASE("a zone that is online does not stop a forced deletion", "[rest]") {
  RestEnv env;
  const std::string path = "/v1/mesh/control-planes/" + env.NewControlPlane();
  env.online_zones = {"zone-1"};
  CHECK(env.Delete(path).status == 400);
  CHECK(env.Delete(path + "?force=maybe").status == 400);
  CHECK(env.Delete(path + "?force=true").status == 204);
}

TEST_CASE("problems are of a type of ours", "[rest]") {
  RestEnv env;
  const Answer missing = env.Get("/v3/users/none");
  CHECK(missing.status == 404);
  CHECK(missing.json()["type"] == "urn:skyden:problem:not-found");
  CHECK(env.Send("PUT", "/v3/users", env.operator_token, "{}").status == 405);
  CHECK(env.Get("/v3/nothing").status == 404);
}

}  // namespace skyden::rest
