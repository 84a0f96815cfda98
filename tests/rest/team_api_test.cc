// SPDX-License-Identifier: Apache-2.0
// Teams over HTTP, in the shapes that clients of such an API write and read.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using nlohmann::json;

constexpr char kViewer[] =
    R"({"role_name":"Viewer","entity_id":"*","entity_type_name":"Mesh Control Planes",
        "entity_region":"us"})";

json Made(const Answer& answer) {
  INFO(answer.body);
  REQUIRE(answer.status == 201);
  return answer.json();
}
json Named(const std::string& id) { return {{"id", id}}; }

struct TeamEnv : RestEnv {
  std::string team = Made(Post("/v3/teams", R"({"name":"readers"})"))["id"];
  std::string path = "/v3/teams/" + team;
  std::string robot = Made(Post("/v3/system-accounts", R"({"name":"robot"})"))["id"];
  std::string jane =
      Made(Post("/v3/users", R"({"full_name":"Jane","email":"jane@example.com"})"))["id"];

  Answer Patch(const std::string& body) { return Send("PATCH", path, operator_token, body); }
  Answer AddRobot() { return Post(path + "/system-accounts", Named(robot).dump()); }
};

}  // namespace

TEST_CASE("a team is made, listed, changed and deleted", "[rest][teams]") {
  TeamEnv env;
  const json made = Made(env.Post(
      "/v3/teams", R"({"name":"ops","description":null,"labels":{"area":"mesh","tier":"1"}})"));
  CHECK(made["description"] == "");
  CHECK(made["system_team"] == false);
  CHECK(made["labels"] == json({{"area", "mesh"}, {"tier", "1"}}));
  CHECK(made["created_at"] == made["updated_at"]);
  CHECK(env.Post("/v3/teams", R"({"name":"ops"})").status == 409);
  env.path = "/v3/teams/" + made["id"].get<std::string>();
  CHECK(env.Get(env.path).json() == made);

  // As a client of Terraform's kind sends it: null for what is not set.
  CHECK(env.Patch(R"({"name":"operators","description":null})").json()["name"] == "operators");
  CHECK(env.Patch(R"({"name":null,"description":"d"})").json()["description"] == "d");
  CHECK(env.Patch(R"({"labels":{"tier":null,"new":"x"}})").json()["labels"] ==
        json({{"area", "mesh"}, {"new", "x"}}));
  CHECK(env.Patch(R"({"labels":null})").json()["labels"] == json::object());
  CHECK(env.Patch(R"({"labels":{"a":7}})").status == 400);
  CHECK(env.Patch(R"({"colour":"red"})").status == 400);
  CHECK(env.Patch(R"({"name":""})").status == 400);
  CHECK(env.Patch(R"({"name":"readers"})").status == 409);

  CHECK(env.Get("/v3/teams").json()["meta"]["page"]["total"] == 2);
  const Answer named = env.Get("/v3/teams?filter%5Bname%5D%5Bcontains%5D=oper");
  CHECK(named.json()["data"].size() == 1);
  CHECK(env.Get("/v3/teams?filter%5Bcolour%5D=a").status == 400);
  const Answer second = env.Get("/v3/teams?page%5Bsize%5D=1&page%5Bnumber%5D=2");
  CHECK(second.json()["data"].size() == 1);

  CHECK(env.Delete(env.path).status == 204);
  CHECK(env.Get(env.path).status == 404);
  CHECK(env.Delete(env.path).status == 404);
  // An account is no team, nor a team an account.
  CHECK(env.Get("/v3/teams/" + env.robot).status == 404);
  CHECK(env.Get("/v3/system-accounts/" + env.team).status == 404);
  CHECK(env.Post("/v3/system-accounts/" + env.team + "/access-tokens", R"({"name":"t"})").status ==
        404);
}

TEST_CASE("users and system accounts are taken into a team and out of it", "[rest][teams]") {
  TeamEnv env;
  for (const auto& [list, id] : {std::pair(std::string("/users"), env.jane),
                                 std::pair(std::string("/system-accounts"), env.robot)}) {
    CAPTURE(list);
    const std::string members = env.path + list;
    const std::string teams = "/v3" + list + "/" + id + "/teams";
    CHECK(env.Get(members).json()["data"].empty());
    const Answer added = env.Post(members, Named(id).dump());
    CHECK(added.status == 201);
    CHECK(added.json() == Named(id));
    CHECK(env.Post(members, Named(id).dump()).status == 409);
    CHECK(env.Get(members).json()["data"][0]["id"] == id);
    CHECK(env.Get(members + "?filter%5Bid%5D=x").json()["data"].empty());
    CHECK(env.Get(teams).json()["data"][0]["name"] == "readers");
    CHECK(env.Get(teams + "?filter%5Bname%5D=other").json()["data"].empty());
    CHECK(env.Post(members, "{}").status == 400);
    CHECK(env.Post(members, Named("nobody").dump()).status == 404);
    CHECK(env.Delete(members + "/" + id).status == 204);
    CHECK(env.Delete(members + "/" + id).status == 404);
    CHECK(env.Get(teams).json()["data"].empty());
  }
  // Each in its own list.
  CHECK(env.Post(env.path + "/users", Named(env.robot).dump()).status == 404);
  CHECK(env.Get("/v3/teams/nobody/users").status == 404);
  CHECK(env.Get("/v3/users/" + env.robot + "/teams").status == 404);
}

TEST_CASE("what a team may do, its members may, and access says by which team", "[rest][teams]") {
  TeamEnv env;
  const std::string plane = "/v1/mesh/control-planes/" + env.NewControlPlane("shop");
  const std::string robot = "/v3/system-accounts/" + env.robot;
  const std::string token = Made(env.Post(robot + "/access-tokens", R"({"name":"t"})"))["token"];
  const json role = Made(env.Post(env.path + "/assigned-roles", kViewer));
  CHECK(env.Post(env.path + "/assigned-roles", kViewer).status == 409);
  const std::string its_path = env.path + "/assigned-roles/" + role["id"].get<std::string>();
  CHECK(env.Get(its_path).json() == role);
  CHECK(env.Send("GET", plane, token).status == 404);
  REQUIRE(env.AddRobot().status == 201);
  CHECK(env.Send("GET", plane, token).status == 200);
  CHECK(env.Get(robot + "/assigned-roles").json()["data"].empty());

  const json team = {{"id", env.team}, {"name", "readers"}};
  const json access = env.Send("GET", robot + "/effective-access", token).json();
  const json by = access["organization"]["actions"][0]["by"][0];
  CHECK(by["role"] == "Viewer");
  CHECK(by["role_id"] == role["id"]);
  CHECK(by["team"] == team);
  bool listed = false;
  const json holders = env.Get(plane + "/ops/access").json();
  for (const json& holder : holders["data"]) {
    if (holder["account"]["id"] != env.robot) continue;
    listed = true;
    CHECK(holder["actions"][0]["by"][0]["team"] == team);
  }
  CHECK(listed);
  CHECK(env.Delete(its_path).status == 204);
  CHECK(env.Send("GET", plane, token).status == 404);
}

TEST_CASE("what is done with teams stands in the audit", "[rest][teams]") {
  TeamEnv env;
  REQUIRE(env.AddRobot().status == 201);
  REQUIRE(env.Post(env.path + "/assigned-roles", kViewer).status == 201);
  REQUIRE(env.Delete(env.path + "/system-accounts/" + env.robot).status == 204);
  REQUIRE(env.Patch(R"({"description":"d"})").status == 200);
  REQUIRE(env.Delete(env.path).status == 204);
  std::vector<std::string> done;
  const json entries = env.Get("/v3/audit-logs?page%5Bsize%5D=20").json();
  for (const json& entry : entries["data"]) {
    const auto action = entry["action"].get<std::string>();
    if (action.starts_with("team.") || action == "role.assign") done.push_back(action);
  }
  std::reverse(done.begin(), done.end());
  CHECK(done == std::vector<std::string>{"team.create", "team.add", "role.assign", "team.remove",
                                         "team.update", "team.delete"});
}

}  // namespace skyden::rest
