// SPDX-License-Identifier: Apache-2.0
#include "rest/search.h"

#include <catch2/catch.hpp>

#include "skyden/http/uri.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {
namespace {

using nlohmann::json;

// "kind name" of each result.
std::vector<std::string> FoundIn(const Answer& answer) {
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  std::vector<std::string> found;
  const json document = answer.json();
  for (const json& one : document.at("results")) {
    found.push_back(one["kind"].get<std::string>() + " " + one["name"].get<std::string>());
  }
  return found;
}
using Names = std::vector<std::string>;

constexpr char kTimeout[] =
    R"({"type":"MeshTimeout","mesh":"default","name":"pay-fast","spec":{"targetRef":{"kind":"Mesh"},)"
    R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"5s"}}]}})";

}  // namespace

TEST_CASE("names are met by their beginning or by a word in them", "[rest][search]") {
  CHECK(RankOf("payments", "payments") == 0);
  CHECK(RankOf("Payments", "pay") == 1);
  CHECK(RankOf("eu-payments", "pay") == 2);
  CHECK(RankOf("a.b/pay", "pay") == 2);
  CHECK_FALSE(RankOf("repay", "pay").has_value());
  CHECK(RankOf("repay-pay", "pay") == 2);
  CHECK_FALSE(RankOf("pa", "pay").has_value());
  CHECK_FALSE(RankOf("pay", "").has_value());
}

TEST_CASE("a search finds what it may be about, by kind", "[rest][search]") {
  RestEnv env;
  const std::string id = env.NewControlPlane("payments");
  const std::string other = env.NewControlPlane("shop");
  REQUIRE(env.Post("/v1/mesh/control-planes/" + other + "/provision-zone", R"({"name":"pay-1"})")
              .status == 200);
  REQUIRE(
      env.Put(RestEnv::ApiOf(other) + "/meshes/pay-mesh", R"({"type":"Mesh","name":"pay-mesh"})")
          .status == 201);
  REQUIRE(
      env.Put(RestEnv::ApiOf(other) + "/meshes/default/meshtimeouts/pay-fast", kTimeout).status ==
      201);
  REQUIRE(env.Post("/v3/system-accounts", R"({"name":"pay robot"})").status == 201);
  const Answer answer = env.Get("/v3/search?q=PAY");
  const Names found = FoundIn(answer);
  for (const char* wanted : {"control_plane payments", "zone pay-1", "mesh pay-mesh",
                             "policy pay-fast", "account pay robot"}) {
    CAPTURE(wanted);
    CHECK(std::find(found.begin(), found.end(), wanted) != found.end());
  }
  CHECK(answer.json()["complete"] == true);
  CHECK_FALSE(answer.json().contains("jump"));
  // Every link leads somewhere.
  const json document = answer.json();
  for (const json& one : document["results"]) {
    CAPTURE(one.dump());
    CHECK(env.Get(one["href"]).status == 200);
  }
  CHECK(FoundIn(env.Get("/v3/search?q=fast")) == Names{"policy pay-fast"});
  CHECK(FoundIn(env.Get("/v3/search?q=nothing-of-the-kind")).empty());
  CHECK(env.Get("/v3/search?q=p").status == 400);
  CHECK(env.Get("/v3/search").status == 400);
  CHECK(env.Get("/v3/search?q=" + std::string(300, 'a')).status == 400);
}

TEST_CASE("what is pasted whole is jumped to", "[rest][search]") {
  RestEnv env;
  const std::string id = env.NewControlPlane("shop");
  REQUIRE(env.Put(RestEnv::ApiOf(id) + "/meshes/default/meshtimeouts/pay-fast", kTimeout).status ==
          201);
  const auto jump = [&](const std::string& text) {
    const json answer = env.Get("/v3/search?q=" + http::PercentEncode(text)).json();
    CAPTURE(answer.dump());
    REQUIRE(answer.contains("jump"));
    return answer["results"][answer["jump"].get<size_t>()];
  };
  CHECK(jump(id)["kind"] == "control_plane");
  CHECK(jump("kri_mt_default___pay-fast_")["name"] == "pay-fast");
  const std::string account = env.Post("/v3/system-accounts", R"({"name":"robot"})").json()["id"];
  CHECK(jump(account)["name"] == "robot");
  const std::string request =
      env.Get("/v3/audit-logs?page[size]=1").json()["data"][0]["request_id"];
  CHECK(jump(request)["kind"] == "audit");
}

TEST_CASE("nobody finds what he may not read", "[rest][search]") {
  RestEnv env;
  const std::string mine = env.NewControlPlane("pay-mine");
  env.NewControlPlane("pay-other");
  REQUIRE(env.Post("/v3/system-accounts", R"({"name":"pay robot"})").status == 201);
  const std::string viewer = env.NewToken(model::Role::kViewer, mine);
  const std::string stranger = env.NewOrganization("stranger");
  const std::string connector = env.NewToken(model::Role::kConnector);
  CHECK(env.Send("GET", "/v3/search", connector).status == 403);  // before what is wrong with it
  CHECK(FoundIn(env.Send("GET", "/v3/search?q=pay", viewer)) == Names{"control_plane pay-mine"});
  CHECK(FoundIn(env.Send("GET", "/v3/search?q=pay", stranger)).empty());
  CHECK(FoundIn(env.Send("GET", "/v3/search?q=" + mine, stranger)).empty());
  // Secrets are not looked at.
  REQUIRE(env.Put(RestEnv::ApiOf(mine) + "/meshes/default/secrets/pay-secret",
                  R"({"type":"Secret","mesh":"default","name":"pay-secret","data":"aGVsbG8="})")
              .status == 201);
  CHECK(FoundIn(env.Get("/v3/search?q=pay-secret")).empty());
}

}  // namespace skyden::rest
