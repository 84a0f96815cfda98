// SPDX-License-Identifier: Apache-2.0
// What an account may do, and by which of its roles.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "skyden/model/gives.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using model::Action;
using model::Role;
using nlohmann::json;

std::map<std::string, std::set<std::string>> ActionsIn(const json& place) {
  std::map<std::string, std::set<std::string>> actions;
  for (const json& action : place.at("actions")) {
    for (const json& by : action.at("by")) {
      actions[action.at("action")].insert(by.at("role").get<std::string>() + " on " +
                                          by.at("on").get<std::string>());
    }
  }
  return actions;
}

}  // namespace

TEST_CASE("a grant gives what its role allows, where it is", "[rest][access]") {
  const model::TenantKey one{1};
  const model::TenantKey other{2};
  CHECK(model::Gives({Role::kViewer, model::kNoTenant}, Action::kRead, one));
  CHECK(model::Gives({Role::kViewer, one}, Action::kRead, one));
  CHECK_FALSE(model::Gives({Role::kViewer, one}, Action::kRead, other));
  CHECK_FALSE(model::Gives({Role::kViewer, one}, Action::kRead, model::kNoTenant));
  CHECK_FALSE(model::Gives({Role::kViewer, one}, Action::kWrite, one));
  CHECK_FALSE(model::Gives({Role::kOperator, one}, Action::kRead, one));
}

TEST_CASE("an account's access says by which role", "[rest][access]") {
  RestEnv env;
  const std::string shop = env.NewControlPlane("shop");
  const std::string account = env.Post("/v3/system-accounts", R"({"name":"robot"})").json()["id"];
  const std::string path = "/v3/system-accounts/" + account;
  const auto give = [&](const std::string& role, const std::string& on) {
    const Answer answer = env.Post(
        path + "/assigned-roles",
        fmt::format(
            R"({{"role_name":"{}","entity_id":"{}","entity_type_name":"Mesh Control Planes"}})",
            role, on));
    INFO(answer.body);
    REQUIRE(answer.status == 201);
  };
  json access = env.Get(path + "/effective-access").json();
  CHECK(access["organization"]["actions"].empty());
  CHECK(access["control_planes"].empty());
  give("Viewer", "*");
  give("Admin", shop);
  access = env.Get(path + "/effective-access").json();
  CHECK(access["account"]["name"] == "robot");
  CHECK(access["active"] == true);
  CHECK(access["groups_may_add"] == false);
  const auto everywhere = ActionsIn(access["organization"]);
  CHECK(everywhere.at("read") == std::set<std::string>{"Viewer on *"});
  CHECK_FALSE(everywhere.contains("write"));
  REQUIRE(access["control_planes"].size() == 1);
  CHECK(access["control_planes"][0]["name"] == "shop");
  const auto there = ActionsIn(access["control_planes"][0]);
  CHECK(there.at("read") == std::set<std::string>{"Admin on " + shop, "Viewer on *"});
  CHECK(there.at("write") == std::set<std::string>{"Admin on " + shop});
  // Of another organization's account nothing is known.
  const std::string stranger = env.NewOrganization("stranger");
  CHECK(env.Send("GET", path + "/effective-access", stranger).status == 404);
  CHECK(env.Get("/v3/users/" + account + "/effective-access").status == 404);
}

TEST_CASE("a control plane's access says who, what and by which role", "[rest][access]") {
  RestEnv env;
  const std::string shop = env.NewControlPlane("shop");
  const std::string other = env.NewControlPlane("other");
  const auto account = [&](const std::string& name, const std::string& role,
                           const std::string& on) -> std::string {
    const std::string id =
        env.Post("/v3/system-accounts", fmt::format(R"({{"name":"{}"}})", name)).json()["id"];
    const Answer given = env.Post(
        "/v3/system-accounts/" + id + "/assigned-roles",
        fmt::format(
            R"({{"role_name":"{}","entity_id":"{}","entity_type_name":"Mesh Control Planes"}})",
            role, on));
    REQUIRE(given.status == 201);
    return env.Post("/v3/system-accounts/" + id + "/access-tokens", R"({"name":"t"})")
        .json()["token"];
  };
  const std::string admin = account("admin of shop", "Admin", shop);
  account("reader of all", "Viewer", "*");
  const std::string elsewhere = account("admin elsewhere", "Admin", other);
  const std::string viewer = account("viewer of shop", "Viewer", shop);
  const std::string path = "/v1/mesh/control-planes/" + shop + "/ops/access";

  const Answer answer = env.Get(path + "?page[size]=100");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  const json all = answer.json();
  CHECK(all["complete"] == true);
  std::map<std::string, json> by_name;
  for (const json& one : all["data"]) by_name[one["account"]["name"]] = one;
  CHECK(by_name.size() == 4);  // and the operator's account
  CHECK_FALSE(by_name.contains("admin elsewhere"));
  CHECK(ActionsIn(by_name.at("admin of shop")).at("write") ==
        std::set<std::string>{"Admin on " + shop});
  CHECK(ActionsIn(by_name.at("reader of all")).at("read") == std::set<std::string>{"Viewer on *"});
  CHECK_FALSE(ActionsIn(by_name.at("reader of all")).contains("write"));
  // In pages, by name.
  const json second = env.Get(path + "?page[size]=1&page[number]=2").json();
  CHECK(second["meta"]["page"]["total"] == 4);
  CHECK(second["data"] == json::array({all["data"][1]}));

  CHECK(env.Send("GET", path, admin).status == 200);
  CHECK(env.Send("GET", path, viewer).status == 403);
  CHECK(env.Send("GET", path, elsewhere).status == 404);
  CHECK(env.Send("GET", path, env.NewOrganization("stranger")).status == 404);
}

TEST_CASE("the daemon says what it is to who runs it", "[rest]") {
  RestEnv env([](RestEnv&, Deps& deps) {
    deps.port_certificates = [] {
      return std::vector<Deps::PortCertificate>{{"http", absl::FromUnixSeconds(1'900'000'000)}};
    };
  });
  const Answer answer = env.Get("/v3/daemon");
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  const json daemon = answer.json();
  CHECK(daemon["version"].get<std::string>().find('.') != std::string::npos);
  CHECK(daemon["organizations"] == 1);
  CHECK(daemon["certificates"][0]["port"] == "http");
  CHECK(daemon["certificates"][0]["ends_at"] == "2030-03-17T17:46:40Z");
  CHECK(env.Send("GET", "/v3/daemon", env.NewOrganization("stranger")).status == 403);
}

}  // namespace skyden::rest
