// SPDX-License-Identifier: Apache-2.0
// Rollouts over REST. That zones get what they should is shown elsewhere (tests/rollouts); here
// nobody drives them.
#include <catch2/catch.hpp>

#include "fmt/format.h"
#include "tests/rest/event_listener.h"
#include "tests/rest/rest_env.h"

namespace skyden::rest {

using nlohmann::json;

namespace {

json Timeout(const std::string& name, const std::string& time) {
  return {{"type", "MeshTimeout"},
          {"mesh", "default"},
          {"name", name},
          {"spec",
           {{"targetRef", {{"kind", "Mesh"}}},
            {"to",
             {{{"targetRef", {{"kind", "Mesh"}}}, {"default", {{"connectionTimeout", time}}}}}}}}};
}

struct Env : RestEnv {
  Env() {
    for (const char* zone : {"east", "west"}) {
      REQUIRE(Post("/v1/mesh/control-planes/" + id + "/api/provision-zone",
                   json({{"name", zone}}).dump())
                  .status == 200);
    }
  }
  Answer Start(const json& body) { return Post(path, body.dump()); }
  json Begin() {
    const Answer answer =
        Start({{"documents", {Timeout("t", "9s")}}, {"waves", {{"east"}, "100%"}}, {"hold", "5m"}});
    INFO(answer.body);
    REQUIRE(answer.status == 201);
    return answer.json();
  }

  const std::string id = NewControlPlane();
  const std::string path = "/v1/mesh/control-planes/" + id + "/ops/rollouts";
  const std::string timeout = ApiOf(id) + "/meshes/default/meshtimeouts/t";
};

}  // namespace

TEST_CASE("a rollout is begun, shown, paused, resumed and finished", "[rest]") {
  Env env;
  const json begun = env.Begin();
  CHECK(begun["state"] == "running");
  CHECK(begun["wave"] == 0);
  CHECK(begun["waves"] == json({{"east"}, {"west"}}));
  CHECK(begun["hold"] == "5m0s");
  CHECK(
      begun["resources"] ==
      json({{{"type", "MeshTimeout"}, {"mesh", "default"}, {"name", "t"}, {"action", "create"}}}));
  const std::string one = env.path + "/" + begun["id"].get<std::string>();
  CHECK(env.Get(one).json() == begun);
  CHECK(env.Get(env.path).json()["data"].size() == 1);
  // It is not there for who reads.
  CHECK(env.Get(env.timeout).status == 404);
  const Answer list = env.Get(RestEnv::ApiOf(env.id) + "/meshes/default/meshtimeouts");
  CHECK(list.headers.at("skyden-rollout") == begun["id"]);
  CHECK(env.Get(RestEnv::ApiOf(env.id) + "/meshes/default/meshretries")
            .headers.count("skyden-rollout") == 0);

  CHECK(env.Post(one + "/resume", "").status == 409);
  CHECK(env.Post(one + "/pause", "").json()["state"] == "paused");
  CHECK(env.Post(one + "/pause", "").status == 409);
  CHECK(env.Post(one + "/resume", "").json()["state"] == "running");
  const Answer finished = env.Post(one + "/finish", "");
  CHECK(finished.json()["state"] == "finished");
  CHECK(finished.headers.count("skyden-revision") == 1);
  CHECK(env.Get(env.timeout).body.find("9s") != std::string::npos);
  CHECK(env.Get(env.timeout).headers.count("skyden-rollout") == 0);
  CHECK(env.Post(one + "/abort", "").status == 409);
}

TEST_CASE("a read of what a rollout changes says so, and what others change is not written over",
          "[rest]") {
  Env env;
  REQUIRE(env.Put(env.timeout, Timeout("t", "5s").dump()).status == 201);
  const json begun = env.Begin();
  const Answer read = env.Get(env.timeout);
  CHECK(read.headers.at("skyden-rollout") == begun["id"]);
  CHECK(read.body.find("5s") != std::string::npos);
  REQUIRE(env.Put(env.timeout, Timeout("t", "6s").dump()).status == 200);
  const std::string one = env.path + "/" + begun["id"].get<std::string>();
  const Answer finished = env.Post(one + "/finish", "");
  CHECK(finished.status == 409);
  CHECK(finished.body.find("MeshTimeout default/t") != std::string::npos);
  CHECK(env.Get(env.timeout).body.find("6s") != std::string::npos);
  CHECK(env.Post(one + "/abort", "").json()["state"] == "aborted");
}

TEST_CASE("rollouts that make no sense are refused, with what is wrong", "[rest]") {
  Env env;
  const json documents = {Timeout("t", "9s")};
  const auto refused = [&](const json& body, const std::string& field) {
    const Answer answer = env.Start(body);
    INFO(body.dump() << " " << answer.body);
    CHECK(answer.status == 400);
    CHECK(answer.body.find(field) != std::string::npos);
  };
  refused({{"waves", {"100%"}}}, "documents");
  refused({{"documents", documents}}, "waves");
  refused({{"documents", documents}, {"waves", json::array()}}, "waves");
  refused({{"documents", documents}, {"waves", {"0%"}}}, "waves[0]");
  refused({{"documents", documents}, {"waves", {"101%"}}}, "waves[0]");
  refused({{"documents", documents}, {"waves", {json::array()}}}, "waves[0]");
  refused({{"documents", documents}, {"waves", {{1}}}}, "waves[0]");
  refused({{"documents", documents}, {"waves", {{"north"}}}}, "there is no zone called");
  refused({{"documents", documents}, {"waves", {100}}, {"hold", "-1s"}}, "hold");
  refused({{"documents", documents}, {"waves", {100}}, {"hold", "1000h"}}, "hold");
  refused({{"documents", documents}, {"waves", {100}}, {"away", "gone"}}, "away");
  refused({{"documents", documents}, {"waves", {100}}, {"end", "never"}}, "end");
  refused({{"documents", documents}, {"waves", {100}}, {"gate", {{"max_rise_percent", -1}}}},
          "gate.max_rise_percent");
  refused({{"documents", documents}, {"waves", {100}}, {"gate", {{"what", 1}}}}, "gate.what");
  refused({{"documents", documents}, {"waves", {100}}, {"more", 1}}, "more");
  CHECK(env.Post(env.path, "[").status == 400);
  CHECK(env.Get(env.path).json()["data"].empty());
}

TEST_CASE("rollouts are their control plane's, and their writers'", "[rest]") {
  Env env;
  const std::string one = env.path + "/" + env.Begin()["id"].get<std::string>();
  const std::string viewer = env.NewToken(model::Role::kViewer, env.id);
  CHECK(env.Send("GET", one, viewer).status == 200);
  for (const char* step : {"pause", "resume", "abort", "finish"}) {
    CHECK(env.Send("POST", one + "/" + step, viewer).status == 403);
  }
  const std::string other = env.NewControlPlane("other");
  const std::string elsewhere = "/v1/mesh/control-planes/" + other + one.substr(one.find("/ops/"));
  CHECK(env.Get(elsewhere).status == 404);
  CHECK(env.Post(elsewhere + "/abort", "").status == 404);
  CHECK(env.Get(one).json()["state"] == "running");
}

TEST_CASE("who watches is told of rollouts", "[rest][watch]") {
  Env env;
  Listener listener(env, RestEnv::ApiOf(env.id) + "/events", env.operator_token);
  REQUIRE(listener.Hears("event: ready\n"));
  const std::string id = env.Begin()["id"];
  REQUIRE(listener.Hears(fmt::format(
      R"(event: rollout{}data: {{"id":"{}","mesh":"default","state":"running","wave":0,"waves":2)",
      "\n", id)));
  REQUIRE(env.Post(env.path + "/" + id + "/abort", "").status == 200);
  REQUIRE(listener.Hears(R"("state":"aborted")"));
  // Of those that are over nobody is told who comes later.
  Listener later(env, RestEnv::ApiOf(env.id) + "/events", env.operator_token);
  REQUIRE(later.Hears("event: ready\n"));
  const std::string second = env.Begin()["id"];
  REQUIRE(later.Hears(second));
  CHECK(later.text().find(id) == std::string::npos);
}

}  // namespace skyden::rest
