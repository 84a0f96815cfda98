// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/rest/rest_env.h"

namespace skyden::rest {

using nlohmann::json;

TEST_CASE("a control plane is made, read, changed and deleted", "[rest]") {
  RestEnv env;
  const Answer made = env.Post("/v1/mesh/control-planes",
                               R"({"name":"one","description":"first","labels":{"env":"test"}})");
  REQUIRE(made.status == 201);
  CHECK(made.content_type == "application/json");
  const json created = made.json();
  CHECK(created["name"] == "one");
  CHECK(created["labels"] == json({{"env", "test"}}));
  CHECK(created["version"] == "v2");
  CHECK(created["features"].size() == 2);
  CHECK(created["created_at"] == created["updated_at"]);

  const std::string path = "/v1/mesh/control-planes/" + created["id"].get<std::string>();
  CHECK(env.Get(path).json() == created);
  CHECK(env.Get(path + "/").json() == created);
  CHECK(env.Get("/v0" + path.substr(3)).json() == created);

  const Answer patched =
      env.Send("PATCH", path, env.operator_token, R"({"labels":{"env":null,"a":"b"}})");
  CHECK(patched.status == 200);
  CHECK(patched.json()["labels"] == json({{"a", "b"}}));
  CHECK(patched.json()["description"] == "first");
  const Answer replaced = env.Put(path, R"({"name":"two"})");
  CHECK(replaced.status == 200);
  CHECK(replaced.json()["name"] == "two");
  CHECK(replaced.json()["description"] == "");
  CHECK(replaced.json()["labels"] == json::object());

  CHECK(env.Delete(path).status == 204);
  CHECK(env.Get(path).status == 404);
}

TEST_CASE("control planes are listed in pages and filtered", "[rest]") {
  RestEnv env;
  for (const char* name : {"a-1", "a-2", "b-1"}) env.NewControlPlane(name);
  env.Post("/v1/mesh/control-planes", R"({"name":"c-1","labels":{"team":"blue"}})");
  const auto names = [&](const std::string& filter) {
    json found = json::array();
    const json answer = env.Get("/v1/mesh/control-planes?" + filter).json();
    for (const json& one : answer["data"]) found.push_back(one["name"]);
    return found;
  };
  CHECK(names("filter[labels.team]") == json({"c-1"}));
  CHECK(names("filter[labels.team][eq]=blue") == json({"c-1"}));
  CHECK(names("filter[labels.team][neq]=blue&filter[name][ocontains]=B,c") == json({"b-1"}));
  const json page = env.Get("/v1/mesh/control-planes?page[size]=2&page[number]=2").json();
  CHECK(page["meta"]["page"] == json({{"number", 2}, {"size", 2}, {"total", 4}}));
  CHECK(page["data"].size() == 2);
  const json filtered = env.Get("/v1/mesh/control-planes?filter[name][contains]=a-").json();
  CHECK(filtered["meta"]["page"]["total"] == 2);
  const Answer bad = env.Get("/v1/mesh/control-planes?page[size]=0");
  CHECK(bad.status == 400);
  CHECK(bad.json()["invalid_parameters"][0]["field"] == "page[size]");
}

TEST_CASE("every problem has what clients of such an API require of one", "[rest]") {
  RestEnv env;
  const std::string plane = "/v1/mesh/control-planes/" + env.NewControlPlane();
  const std::string missing = "/v1/mesh/control-planes/00000000-0000-4000-8000-000000000000";
  const std::string viewer = env.NewToken(model::Role::kViewer);
  struct Case {
    int status;
    const char* method;
    std::string path;
    std::string token;
    std::string body = "";
    std::vector<std::pair<std::string, std::string>> headers = {};
  };
  const std::vector<std::pair<std::string, std::string>> long_header = {
      {"X-Long", std::string(20'000, 'x')}};
  for (const Case& one : std::vector<Case>{
           {400, "POST", "/v1/mesh/control-planes", env.operator_token, "x"},
           {400, "POST", "/v1/mesh/control-planes", env.operator_token, "{}"},
           {400, "POST", "/v3/users", env.operator_token, "[]"},
           {400, "GET", "/v3/users?page[size]=0", env.operator_token},
           {400, "GET", "/v3/users/%FF", env.operator_token},
           {400, "GET", plane + "/ops/export?profile=x", env.operator_token},
           {400, "POST", plane + "/ops/import", env.operator_token, "x: ["},
           {400, "GET", "/v3/audit-logs?format=xml", env.operator_token},
           {401, "GET", "/v1/mesh/control-planes", ""},
           {401, "GET", "/v3/users/me", "spat_x"},
           {403, "POST", "/v1/mesh/control-planes", viewer, R"({"name":"x"})"},
           {404, "GET", missing, env.operator_token},
           {404, "DELETE", missing, env.operator_token},
           {404, "GET", missing + "/ops/audit", env.operator_token},
           {404, "GET", "/v1/mesh/control-planes/x", env.operator_token},
           {404, "GET", "/v3/system-accounts/x", env.operator_token},
           {404, "GET", "/v3/system-accounts/x/assigned-roles/x", env.operator_token},
           {404, "GET", "/v3/system-accounts/x/access-tokens/x", env.operator_token},
           {404, "GET", "/v3/organizations/x", env.operator_token},
           {404, "GET", "/nowhere", env.operator_token},
           {405, "PUT", "/v3/users", env.operator_token, "{}"},
           {405, "DELETE", "/v1/mesh/control-planes", env.operator_token},
           {415, "POST", "/v3/users", env.operator_token, "x", {{"Content-Type", "text/plain"}}},
           {431, "GET", "/v3/users", env.operator_token, "", long_header},
           {431, "GET", "/v1/mesh/control-planes", env.operator_token, "", long_header},
       }) {
    const Answer answer = env.Send(one.method, one.path, one.token, one.body, one.headers);
    CAPTURE(one.method, one.path, answer.body);
    CHECK(answer.status == one.status);
    CHECK(answer.content_type == "application/problem+json");
    const json problem = answer.json();
    CHECK(problem["status"] == one.status);
    for (const char* member : {"title", "type", "detail"}) {
      CHECK_FALSE(problem[member].get<std::string>().empty());
    }
    CHECK(problem["instance"].get<std::string>().size() >
          std::string_view("urn:skyden:request:").size());
    CHECK(problem.contains("invalid_parameters") == (one.status == 400));
    for (const json& parameter : problem.value("invalid_parameters", json::array())) {
      for (const char* member : {"field", "rule", "reason", "source"}) {
        CHECK(parameter[member].is_string());
      }
      CHECK_FALSE(parameter["reason"].get<std::string>().empty());
    }
  }
}

TEST_CASE("errors of Kuma's API are problems to a client that asks for problems", "[rest]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  const std::string path = api + "/meshes/default/meshtimeouts/none";
  const auto get = [&](const std::string& accept) {
    return env.Send("GET", path, env.operator_token, "", {{"Accept", accept}});
  };
  const Answer kumas = get("application/json");
  CHECK(kumas.content_type == "application/json");
  CHECK_FALSE(kumas.json().contains("instance"));
  for (const char* accept :
       {"application/json;q=1, application/problem+json;q=0", "application/problem+json"}) {
    const Answer problem = get(accept);
    CHECK(problem.status == 404);
    CHECK(problem.content_type == "application/problem+json");
    json body = problem.json();
    CHECK_FALSE(body["instance"].get<std::string>().empty());
    body.erase("instance");
    CHECK(body == kumas.json());
  }
  // Of a control plane that is not there, too; and what is there is as ever.
  const Answer foreign =
      env.Send("GET", RestEnv::ApiOf("00000000-0000-4000-8000-000000000000") + "/meshes",
               env.operator_token, "", {{"Accept", "application/problem+json"}});
  CHECK(foreign.status == 404);
  CHECK(foreign.json().contains("instance"));
  const Answer good = env.Send("GET", api + "/meshes", env.operator_token, "",
                               {{"Accept", "application/problem+json"}});
  CHECK(good.status == 200);
  CHECK(good.content_type == "application/json");
}

TEST_CASE("errors of the manager are problems", "[rest]") {
  RestEnv env;
  const Answer missing = env.Post("/v1/mesh/control-planes", R"({"nome":"x"})");
  CHECK(missing.status == 400);
  CHECK(missing.content_type == "application/problem+json");
  CHECK(missing.json()["title"] == "Bad Request");
  CHECK(missing.json()["invalid_parameters"] ==
        json::array({{{"field", "name"},
                      {"rule", "required"},
                      {"reason", "property \"name\" is missing"},
                      {"source", "body"}},
                     {{"field", "nome"},
                      {"rule", "unknown_property"},
                      {"reason", "property \"nome\" is unsupported"},
                      {"source", "body"}}}));
  const Answer long_name =
      env.Post("/v1/mesh/control-planes", R"({"name":")" + std::string(101, 'a') + "\"}");
  CHECK(long_name.status == 400);
  CHECK(long_name.json()["invalid_parameters"][0]["field"] == "name");
  CHECK(env.Send("POST", "/v1/mesh/control-planes", env.operator_token, "x",
                 {{"Content-Type", "text/plain"}})
            .status == 415);
  const Answer wrong_method = env.Send("DELETE", "/v1/mesh/control-planes", env.operator_token);
  CHECK(wrong_method.status == 405);
  CHECK(wrong_method.allow == "GET, POST");
}

TEST_CASE("without a good token nothing is told", "[rest]") {
  RestEnv env;
  const std::string path = "/v1/mesh/control-planes/" + env.NewControlPlane();
  for (const std::string token : {"", "nonsense", "sksat_aaaaaaaa_bbbbbbbb"}) {
    CAPTURE(token);
    const Answer answer = env.Send("GET", path, token);
    CHECK(answer.status == 401);
    CHECK(answer.json()["title"] == "Unauthenticated");
  }
}

TEST_CASE("a viewer reads but changes nothing", "[rest]") {
  RestEnv env;
  const std::string path = "/v1/mesh/control-planes/" + env.NewControlPlane();
  const std::string viewer = env.NewToken(model::Role::kViewer);
  CHECK(env.Send("GET", path, viewer).status == 200);
  CHECK(env.Send("PUT", path, viewer, R"({"name":"x"})").status == 403);
  CHECK(env.Send("DELETE", path, viewer).status == 403);
  CHECK(env.Send("POST", "/v1/mesh/control-planes", viewer, R"({"name":"x"})").status == 403);
  CHECK(env.Send("POST", path + "/api/provision-zone", viewer, R"({"name":"z"})").status == 403);
}

TEST_CASE("a zone that is online forbids deletion, with the text that clients retry on", "[rest]") {
  RestEnv env;
  const std::string path = "/v1/mesh/control-planes/" + env.NewControlPlane();
  env.online_zones = {"zone-1"};
  const Answer answer = env.Delete(path);
  CHECK(answer.status == 400);
  CHECK(answer.json()["detail"] ==
        "Bad Request: cpID [invalid]: zone \"zone-1\" is still online. Disconnect the zone first"
        ". Zones online: 1; with force=true it is deleted and their connections end");
  CHECK(answer.json()["invalid_parameters"][0]["field"] == "cpID");
}

TEST_CASE("provisioning a zone gives its token once, or text to paste", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string path = "/v1/mesh/control-planes/" + id;
  const Answer made = env.Post(path + "/api/provision-zone", R"({"name":"zone-1"})");
  REQUIRE(made.status == 200);
  const std::string token = made.json()["token"];
  CHECK(token.starts_with("sksat_"));
  CHECK(env.Get(path + "/api/zones/zone-1").status == 200);
  CHECK(env.Post(path + "/api/provision-zone", R"({"name":"zone-1"})").status == 409);
  CHECK(env.Post(path + "/api/provision-zone", R"({"name":"Zone_1"})").status == 400);
  CHECK(env.Post(path + "/provision-zone?format=nope", R"({"name":"zone-2"})").status == 400);
  for (const std::string format : {"universal", "helm", "kubectl"}) {
    CAPTURE(format);
    const Answer text = env.Post(path + "/api/provision-zone?format=" + format,
                                 "{\"name\":\"zone-" + format + "\"}");
    CHECK(text.status == 200);
    CHECK(text.content_type == "text/plain; charset=utf-8");
    CHECK(text.body.find("zone-" + format) != std::string::npos);
  }
  CHECK(env.Post(path + "/api/provision-zone?format=universal", R"({"name":"zone-9"})")
            .body.find(id) != std::string::npos);
  const nlohmann::json all =
      env.Post(path + "/api/provision-zone?format=all", R"({"name":"zone-all"})").json();
  CHECK(all["setup"].size() == 3);
  CHECK(all["setup"]["universal"].get<std::string>().find(all["token"]) != std::string::npos);
  CHECK(all["setup"]["kubectl"].get<std::string>().find(all["token"]) != std::string::npos);
  CHECK(all["setup"]["helm"].get<std::string>().find("zone-all") != std::string::npos);
  // A zone's credential connects zones and opens nothing here.
  CHECK(env.Send("GET", path + "/api/meshes", token).status == 403);
}

TEST_CASE("connections that were turned away are shown", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  env.rejected = {{.at = absl::FromUnixSeconds(0),
                   .peer = "10.0.0.1:1",
                   .zone_name = "zone-1",
                   .reason = "the token is not valid"}};
  const Answer answer = env.Get("/v1/mesh/control-planes/" + id + "/ops/rejected-connections");
  CHECK(answer.status == 200);
  CHECK(answer.json()["data"] == json::array({{{"at", "1970-01-01T00:00:00Z"},
                                               {"peer", "10.0.0.1:1"},
                                               {"zone_name", "zone-1"},
                                               {"reason", "the token is not valid"}}}));
}

}  // namespace skyden::rest
