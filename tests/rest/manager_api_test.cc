// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "test_env.h"

namespace skyden::rest {

using nlohmann::json;

TEST_CASE("a control plane is made, read, changed and deleted", "[rest]") {
  TestEnv env;
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
  TestEnv env;
  for (const char* name : {"a-1", "a-2", "b-1"}) env.NewControlPlane(name);
  const json page = env.Get("/v1/mesh/control-planes?page[size]=2&page[number]=2").json();
  CHECK(page["meta"]["page"] == json({{"number", 2}, {"size", 2}, {"total", 3}}));
  CHECK(page["data"].size() == 1);
  const json filtered = env.Get("/v1/mesh/control-planes?filter[name][contains]=a-").json();
  CHECK(filtered["meta"]["page"]["total"] == 2);
  const Answer bad = env.Get("/v1/mesh/control-planes?page[size]=0");
  CHECK(bad.status == 400);
  CHECK(bad.json()["invalid_parameters"][0]["field"] == "page[size]");
}

TEST_CASE("errors of the manager are problems", "[rest]") {
  TestEnv env;
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
  TestEnv env;
  const std::string path = "/v1/mesh/control-planes/" + env.NewControlPlane();
  for (const std::string token : {"", "nonsense", "sksat_aaaaaaaa_bbbbbbbb"}) {
    CAPTURE(token);
    const Answer answer = env.Send("GET", path, token);
    CHECK(answer.status == 401);
    CHECK(answer.json()["title"] == "Unauthenticated");
  }
}

TEST_CASE("a viewer reads but changes nothing", "[rest]") {
  TestEnv env;
  const std::string path = "/v1/mesh/control-planes/" + env.NewControlPlane();
  const std::string viewer = env.NewToken(model::Role::kViewer);
  CHECK(env.Send("GET", path, viewer).status == 200);
  CHECK(env.Send("PUT", path, viewer, R"({"name":"x"})").status == 403);
  CHECK(env.Send("DELETE", path, viewer).status == 403);
  CHECK(env.Send("POST", "/v1/mesh/control-planes", viewer, R"({"name":"x"})").status == 403);
  CHECK(env.Send("POST", path + "/api/provision-zone", viewer, R"({"name":"z"})").status == 403);
}

TEST_CASE("a zone that is online forbids deletion, with the text that clients retry on", "[rest]") {
  TestEnv env;
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
  TestEnv env;
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
  // A zone's credential connects zones and opens nothing here.
  CHECK(env.Send("GET", path + "/api/meshes", token).status == 403);
}

TEST_CASE("connections that were turned away are shown", "[rest]") {
  TestEnv env;
  const std::string id = env.NewControlPlane();
  env.rejected = {{absl::FromUnixSeconds(0), "10.0.0.1:1", "zone-1", "the token is not valid"}};
  const Answer answer = env.Get("/v1/mesh/control-planes/" + id + "/ops/rejected-connections");
  CHECK(answer.status == 200);
  CHECK(answer.json()["data"] == json::array({{{"at", "1970-01-01T00:00:00Z"},
                                               {"peer", "10.0.0.1:1"},
                                               {"zone_name", "zone-1"},
                                               {"reason", "the token is not valid"}}}));
}

}  // namespace skyden::rest
