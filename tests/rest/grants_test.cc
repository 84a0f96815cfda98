// SPDX-License-Identifier: Apache-2.0
// Roles that are narrowed to meshes and types: how they are given, and what who holds them is
// shown. Every route by every role is tests/rest/role_matrix_test.cc.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/rest/event_listener.h"
#include "tests/rest/grants_env.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using model::Narrowing;
using model::Role;
using nlohmann::json;

struct Holder : RestEnv {
  std::string control_plane = NewControlPlane("shop");
  std::string account = Post("/v3/system-accounts", R"({"name":"robot"})").json()["id"];
  std::string path = "/v3/system-accounts/" + account;

  Answer Assign(const std::string& role, const json& more, const std::string& on = "") {
    json body = {{"role_name", role},
                 {"entity_id", on.empty() ? control_plane : on},
                 {"entity_type_name", "Mesh Control Planes"}};
    body.update(more);
    return Post(path + "/assigned-roles", body.dump());
  }
};

}  // namespace

TEST_CASE("a role is narrowed to meshes and types, and shown so", "[rest][grants]") {
  Holder env;
  const Answer made =
      env.Assign("Editor", {{"meshes", {"b", "a", "b"}}, {"types", {"MeshTimeout", "MeshRetry"}}});
  INFO(made.body);
  REQUIRE(made.status == 201);
  CHECK(made.json()["meshes"] == json({"a", "b"}));
  CHECK(made.json()["types"] == json({"MeshRetry", "MeshTimeout"}));
  CHECK(env.Get(env.path + "/assigned-roles/" + made.json()["id"].get<std::string>()).json() ==
        made.json());
  // Once more in another way, and not at all; but not twice in the same way.
  CHECK(env.Assign("Editor", {{"meshes", {"a"}}}).status == 201);
  const Answer whole = env.Assign("Editor", json::object());
  CHECK(whole.status == 201);
  CHECK_FALSE(whole.json().contains("meshes"));
  CHECK_FALSE(whole.json().contains("types"));
  CHECK(env.Assign("Editor", {{"types", {"MeshRetry", "MeshTimeout"}}, {"meshes", {"a", "b"}}})
            .status == 409);
  CHECK(env.Assign("Editor", {{"meshes", nullptr}, {"types", nullptr}}).status == 409);
  CHECK(env.Get(env.path + "/assigned-roles").json()["meta"]["page"]["total"] == 3);
}

TEST_CASE("what a role cannot be narrowed to is refused, with what to do", "[rest][grants]") {
  Holder env;
  const auto refused = [&](const std::string& role, const json& more, const std::string& because,
                           const std::string& on = "") {
    const Answer answer = env.Assign(role, more, on);
    INFO(answer.body);
    CHECK(answer.status == 400);
    CHECK(answer.body.find(because) != std::string::npos);
  };
  refused("Viewer", {{"meshes", json::array()}}, "leave it out to mean all");
  refused("Viewer", {{"types", "MeshRetry"}}, "must be a list of names");
  refused("Viewer", {{"types", {7}}}, "must be a list of names");
  refused("Viewer", {{"meshes", {"a,b"}}}, "must be the name of a mesh");
  refused("Viewer", {{"meshes", {""}}}, "must be the name of a mesh");
  refused("Viewer", {{"types", {"MeshTimeot"}}}, "MeshTimeout");
  refused("Viewer", {{"types", {"Secret"}}}, "is for an Admin only");
  refused("Admin", {{"types", {"GlobalSecret"}}}, "not narrowed");
  refused("Viewer", {{"meshes", {"a"}}, {"types", {"Zone"}}}, "is of no mesh");
  refused("Connector", {{"meshes", {"a"}}}, "Admin, Editor and Viewer can be narrowed");
  refused("Creator", {{"meshes", {"a"}}}, "Admin, Editor and Viewer can be narrowed", "*");
  refused("Operator", {{"types", {"MeshRetry"}}}, "Admin, Editor and Viewer can be narrowed", "*");
  json many = json::array();
  for (int i = 0; i < 101; ++i) many.push_back(fmt::format("mesh-{}", i));
  refused("Viewer", {{"meshes", many}}, "give the role several times");
  refused("Viewer", {{"meshes", {std::string(254, 'a')}}}, "must be the name of a mesh");
  json long_names = json::array();
  for (int i = 0; i < 20; ++i) long_names.push_back(std::string(200, 'a') + std::to_string(i));
  refused("Viewer", {{"meshes", long_names}}, "give the role several times");
  CHECK(env.Get(env.path + "/assigned-roles").json()["meta"]["page"]["total"] == 0);
}

TEST_CASE("effective access and the audit say to what a role is narrowed", "[rest][grants]") {
  Holder env;
  REQUIRE(env.Assign("Editor", {{"meshes", {"a"}}, {"types", {"MeshRetry"}}}).status == 201);
  const json access = env.Get(env.path + "/effective-access").json();
  REQUIRE(access["control_planes"].size() == 1);
  std::string actions;
  for (const json& action : access["control_planes"][0]["actions"]) {
    actions += action["action"].get<std::string>() + " ";
    CHECK(action["by"][0]["meshes"] == json({"a"}));
    CHECK(action["by"][0]["types"] == json({"MeshRetry"}));
  }
  CHECK(actions == "list read write ");
  const json holders =
      env.Get("/v1/mesh/control-planes/" + env.control_plane + "/ops/access").json();
  bool named = false;
  for (const json& holder : holders["data"]) {
    if (holder["account"]["id"] != env.account) continue;
    named = holder["actions"][0]["by"][0]["meshes"] == json({"a"});
  }
  CHECK(named);
  const json entries = env.Get("/v3/audit-logs").json();
  CHECK(entries.dump().find("\"meshes\":[\"a\"]") != std::string::npos);
}

TEST_CASE("what is outside of a mesh looks the same whether it is there or not", "[rest][grants]") {
  GrantsEnv env;
  const std::string token = env.TokenOf(Role::kEditor, {{"m1"}, {"MeshTimeout"}});
  const auto same = [&](const std::string& method, const std::string& there,
                        const std::string& missing, const std::string& body = "") {
    CAPTURE(method, there, missing);
    const Answer one = env.Send(method, env.api + there, token, body);
    const Answer other = env.Send(method, env.api + missing, token, body);
    CHECK(one.status == 403);
    CHECK(one.body == other.body);
  };
  same("GET", "/meshes/m2", "/meshes/none");
  same("GET", "/meshes/m2/meshtimeouts", "/meshes/none/meshtimeouts");
  same("GET", "/meshes/m2/meshtimeouts/t0", "/meshes/none/meshtimeouts/t0");
  same("GET", "/meshes/m2/meshtimeouts/t0", "/meshes/m2/meshtimeouts/none");
  same("GET", "/meshes/m1/meshretries/t0", "/meshes/m1/meshretries/none");
  same("GET", "/mesh-insights/m2", "/mesh-insights/none");
  same("GET", "/_kri/kri_mt_m2___t0_", "/_kri/kri_mt_none___t0_");
  same("DELETE", "/meshes/m2/meshtimeouts/t0", "/meshes/none/meshtimeouts/t0");
  same("PUT", "/meshes/m2/meshtimeouts/t0", "/meshes/none/meshtimeouts/t0",
       PolicyBody("MeshTimeout", "m2", "t0"));
  same("DELETE", "/meshes/m2", "/meshes/none");
  // Within it, what is missing is missing.
  CHECK(env.Send("GET", env.api + "/meshes/m1/meshtimeouts/none", token).status == 404);
  CHECK(env.Send("GET", env.api + "/meshes/m1", token).status == 200);
}

TEST_CASE("who edits a part writes there and nowhere else", "[rest][grants]") {
  GrantsEnv env;
  const std::string token = env.TokenOf(Role::kEditor, {{"m1"}, {"MeshTimeout"}});
  const auto put = [&](const std::string& type, const std::string& path, const std::string& mesh,
                       const std::string& name) {
    return env
        .Send("PUT", fmt::format("{}/meshes/{}/{}/{}", env.api, mesh, path, name), token,
              PolicyBody(type, mesh, name))
        .status;
  };
  CHECK(put("MeshTimeout", "meshtimeouts", "m1", "new") == 201);
  CHECK(put("MeshTimeout", "meshtimeouts", "m1", "new") == 200);
  CHECK(put("MeshTimeout", "meshtimeouts", "m2", "new") == 403);
  CHECK(put("MeshRetry", "meshretries", "m1", "new") == 403);
  CHECK(env.Send("DELETE", env.api + "/meshes/m1/meshtimeouts/new", token).status == 200);
  CHECK(env.Send("PUT", env.api + "/meshes/m1", token, R"({"type":"Mesh","name":"m1"})").status ==
        403);
  // By its type a mesh is made and changed; what is in it is not his to delete.
  const std::string meshes = env.TokenOf(Role::kEditor, {{}, {"Mesh"}});
  CHECK(env.Send("PUT", env.api + "/meshes/m9", meshes, R"({"type":"Mesh","name":"m9"})").status ==
        201);
  CHECK(env.Send("DELETE", env.api + "/meshes/m9", meshes).status == 403);
  CHECK(env.Send("DELETE", env.api + "/meshes/none", meshes).status == 403);
  // Tokens, imports, previews are of the whole.
  const std::string admin = env.TokenOf(Role::kAdmin, {{"m1"}, {}});
  CHECK(env.Send("POST", env.api + "/tokens/dataplane", admin,
                 R"({"name":"d","mesh":"m1","validFor":"1h"})")
            .status == 403);
  CHECK(env.Send("PUT", env.api + "/meshes/m1/meshtimeouts/t0?preview=true", admin,
                 PolicyBody("MeshTimeout", "m1", "t0"))
            .status == 403);
  CHECK(env.Send("POST", env.manager + "/ops/import", admin, PolicyBody("MeshTimeout", "m1", "t0"))
            .status == 403);
  CHECK(env.Send("GET", env.api + "/meshes/m1/secrets", admin).status == 200);
  CHECK(env.Send("GET", env.api + "/meshes/m2/secrets", admin).status == 403);
  CHECK(env.Send("GET", env.api + "/global-secrets", admin).status == 403);
}

TEST_CASE("who reads everything and edits a part", "[rest][grants]") {
  GrantsEnv env;
  const std::string token =
      env.NewTokenOf({{Role::kViewer, env.control_plane, {}},
                      {Role::kEditor, env.control_plane, {{"m1"}, {"MeshTimeout"}}}});
  CHECK(env.Send("GET", env.api + "/meshes/m2/meshretries", token).status == 200);
  CHECK(env.Send("GET", env.api + "/meshes/none/meshretries", token).status == 404);
  CHECK(env.Send("GET", env.api + "/global-insight", token).status == 200);
  const auto put = [&](const std::string& mesh) {
    return env
        .Send("PUT", env.api + "/meshes/" + mesh + "/meshtimeouts/x", token,
              PolicyBody("MeshTimeout", mesh, "x"))
        .status;
  };
  CHECK(put("m1") == 201);
  CHECK(put("m2") == 403);
}

TEST_CASE("a mesh that is read whole is shown with what is worked out of it", "[rest][grants]") {
  GrantsEnv env;
  const std::string whole = env.TokenOf(Role::kViewer, {{"m1"}, {}});
  const std::string part = env.TokenOf(Role::kViewer, {{"m1"}, {"MeshTimeout", "Dataplane"}});
  const auto status = [&](const std::string& path, const std::string& token) {
    return env.Send("GET", env.api + path, token).status;
  };
  for (const char* path :
       {"/mesh-insights/m1", "/meshes/m1/dataplanes/_overview", "/meshes/m1/service-insights",
        "/meshes/m1/meshtimeouts/t0/_resources/dataplanes"}) {
    CAPTURE(path);
    CHECK(status(path, whole) == 200);
    CHECK(status(path, part) == 403);
  }
  CHECK(env.Send("GET", env.api + "/mesh-insights", whole).json()["total"] == 1);
  CHECK(env.Send("GET", env.api + "/mesh-insights", whole).json()["items"][0]["name"] == "m1");
  CHECK(env.Send("GET", env.api + "/mesh-insights?name=m2", whole).json()["total"] == 0);
  CHECK(env.Send("GET", env.api + "/mesh-insights", part).json()["total"] == 0);
  for (const char* path : {"/global-insight", "/zones", "/service-insights",
                           "/meshes/m2/meshtimeouts/t0/_resources/dataplanes"}) {
    CAPTURE(path);
    CHECK(status(path, whole) == 403);
  }
  // The control plane itself is listed and shown; not how it goes on in it.
  CHECK(env.Send("GET", env.manager, part).status == 200);
  CHECK(env.Send("GET", "/v1/mesh/control-planes", part).json()["meta"]["page"]["total"] == 1);
  CHECK(env.Send("GET", env.manager + "/ops/history", whole).status == 403);
  CHECK(env.Send("GET", "/v3/zones", whole).json()["meta"]["page"]["total"] == 0);
  CHECK(env.Send("GET", "/v3/search?q=t0", whole).body.find("MeshTimeout") == std::string::npos);
  CHECK(env.Get("/v3/search?q=t0").body.find("MeshTimeout") != std::string::npos);
}

TEST_CASE("a watcher is told of what it may read", "[rest][grants][watch]") {
  GrantsEnv env;
  const std::string token = env.TokenOf(Role::kViewer, {{"m1"}, {"MeshTimeout"}});
  Listener listener(env, env.api + "/events", token);
  REQUIRE(listener.Hears("event: ready\n"));
  CHECK(env.PutPolicy("MeshTimeout", "m2", "foreign"));
  CHECK(env.PutPolicy("MeshRetry", "m1", "foreign"));
  CHECK(env.PutPolicy("MeshTimeout", "m1", "own"));
  REQUIRE(listener.Hears(R"("mesh":"m1","name":"own")"));
  CHECK(listener.text().find("foreign") == std::string::npos);
  CHECK(env.Send("GET", env.api + "/events?type=MeshRetry", token).status == 403);
}

TEST_CASE("a narrowed role ends at once", "[rest][grants]") {
  Holder env;
  const std::string api = RestEnv::ApiOf(env.control_plane);
  const Answer made = env.Assign("Viewer", {{"meshes", {"default"}}});
  REQUIRE(made.status == 201);
  const std::string token =
      env.Post(env.path + "/access-tokens", R"({"name":"t"})").json()["token"];
  CHECK(env.Send("GET", api + "/meshes/default/meshtimeouts", token).status == 200);
  CHECK(env.Send("GET", api + "/meshtimeouts", token).status == 200);
  REQUIRE(env.Delete(env.path + "/assigned-roles/" + made.json()["id"].get<std::string>()).status ==
          204);
  CHECK(env.Send("GET", api + "/meshes/default/meshtimeouts", token).status == 404);
}

}  // namespace skyden::rest
