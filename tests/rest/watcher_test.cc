// SPDX-License-Identifier: Apache-2.0
// What watchers see of a control plane, over a real connection.
#include "rest/watcher.h"

#include <catch2/catch.hpp>

#include "server/services.h"
#include "skyden/store/directory_tx.h"
#include "tests/kds/fake_verdicts.h"
#include "tests/rest/event_listener.h"
#include "tests/rest/rest_env.h"

using namespace skyden;
using namespace skyden::rest;

namespace {

constexpr char kTimeout[] =
    R"({"type":"MeshTimeout","mesh":"default","name":"t","spec":{"targetRef":{"kind":"Mesh"},)"
    R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"connectionTimeout":"5s"}}]}})";

void PutTimeout(RestEnv& env, const std::string& api) {
  const int status = env.Put(api + "/meshes/default/meshtimeouts/t", kTimeout).status;
  REQUIRE((status == 200 || status == 201));
}

}  // namespace

TEST_CASE("a watcher hears what changes, and what is deleted", "[rest][watch]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  Listener listener(env, api + "/events", env.operator_token);
  REQUIRE(listener.Hears("event: ready\n"));
  CHECK(listener.status() == 200);
  CHECK(listener.type() == "text/event-stream");
  PutTimeout(env, api);
  REQUIRE(listener.Hears(R"("operation":"put","type":"MeshTimeout","mesh":"default","name":"t")"));
  REQUIRE(env.Delete(api + "/meshes/default/meshtimeouts/t").status == 200);
  REQUIRE(
      listener.Hears(R"("operation":"delete","type":"MeshTimeout","mesh":"default","name":"t")"));
  CHECK(listener.text().find("connectionTimeout") == std::string::npos);
}

TEST_CASE("a watcher goes on behind the last event it saw", "[rest][watch]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  std::string seen;
  {
    Listener listener(env, api + "/events", env.operator_token);
    REQUIRE(listener.Hears("event: ready\n"));
    seen = LastId(listener.text());
  }
  PutTimeout(env, api);
  Listener again(env, api + "/events", env.operator_token, seen);
  REQUIRE(again.Hears(R"("name":"t")"));
  const std::string last = LastId(again.text());
  const auto number = [](const std::string& id) { return ParseEventId(id).value().revision; };
  CHECK(number(last) > number(seen));
  CHECK(ParseEventId(last)->epoch == ParseEventId(seen)->epoch);
  Listener behind(env, api + "/events?since=" + last, env.operator_token);
  REQUIRE(behind.Hears("event: ready\n"));
  REQUIRE(env.Delete(api + "/meshes/default/meshtimeouts/t").status == 200);
  REQUIRE(behind.Hears(R"("operation":"delete")"));
  CHECK(behind.text().find(R"("operation":"put")") == std::string::npos);
}

TEST_CASE("whoever has seen more than there is begins anew", "[rest][watch]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  Listener listener(env, api + "/events?since=1000000", env.operator_token);
  CHECK(listener.Hears("event: reset\n"));
}

TEST_CASE("an id of another life of the database begins anew, whatever its number",
          "[rest][watch]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  std::string seen;
  {
    Listener listener(env, api + "/events", env.operator_token);
    REQUIRE(listener.Hears("event: ready\n"));
    seen = LastId(listener.text());
  }
  const auto place = ParseEventId(seen);
  REQUIRE(place.has_value());
  const std::string number = std::to_string(place->revision);
  for (const std::string& other : {EventId("0123456789abcdef", place->revision), number}) {
    CAPTURE(other);
    Listener listener(env, api + "/events", env.operator_token, other);
    CHECK(listener.Hears("event: reset\n"));
  }
  Listener by_query(env, api + "/events?since=" + EventId("x", 1), env.operator_token);
  CHECK(by_query.Hears("event: reset\n"));
  Listener by_person(env, api + "/events?since=" + number, env.operator_token);
  CHECK(by_person.Hears("event: ready\n"));
}

TEST_CASE("ids of events are read as they are written", "[rest][watch]") {
  const auto place = ParseEventId(EventId("a.b", 7));
  REQUIRE(place.has_value());
  CHECK(place->epoch == "a.b");
  CHECK(place->revision == 7);
  for (const char* text : {"", "7", ".7", "a.", "a.x", "a.7x", "a.-7", "a.99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseEventId(text).has_value());
  }
}

TEST_CASE("only what was asked for is told", "[rest][watch]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  Listener retries(env, api + "/events?type=MeshRetry,MeshTimeout&mesh=other", env.operator_token);
  REQUIRE(retries.Hears("event: ready\n"));
  PutTimeout(env, api);
  REQUIRE(env.Put(api + "/meshes/other", R"({"type":"Mesh","name":"other"})").status == 201);
  REQUIRE(retries.Hears(R"("mesh":"other")"));
  CHECK(retries.text().find(R"("mesh":"default")") == std::string::npos);
  CHECK(retries.text().find("MeshCircuitBreaker") == std::string::npos);
}

TEST_CASE("secrets are told to administrators only, and never what they hold", "[rest][watch]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string api = RestEnv::ApiOf(id);
  const std::string viewer = env.NewToken(model::Role::kViewer, id);
  Listener admin(env, api + "/events", env.operator_token);
  Listener other(env, api + "/events", viewer);
  REQUIRE(admin.Hears("event: ready\n"));
  REQUIRE(other.Hears("event: ready\n"));
  REQUIRE(env.Put(api + "/meshes/default/secrets/s",
                  R"({"type":"Secret","mesh":"default","name":"s","data":"aGVsbG8="})")
              .status == 201);
  PutTimeout(env, api);
  REQUIRE(admin.Hears(R"("type":"Secret","mesh":"default","name":"s")"));
  REQUIRE(other.Hears(R"("type":"MeshTimeout")"));
  CHECK(other.text().find("Secret") == std::string::npos);
  CHECK(admin.text().find("aGVsbG8=") == std::string::npos);
  CHECK(env.Send("GET", api + "/events?type=Secret", viewer).status == 403);
}

TEST_CASE("tenants hear nothing of each other", "[rest][watch]") {
  RestEnv env;
  const std::string ours = RestEnv::ApiOf(env.NewControlPlane("ours"));
  const std::string theirs = RestEnv::ApiOf(env.NewControlPlane("theirs"));
  Listener listener(env, ours + "/events", env.operator_token);
  REQUIRE(listener.Hears("event: ready\n"));
  PutTimeout(env, theirs);
  REQUIRE(env.Put(ours + "/meshes/mine", R"({"type":"Mesh","name":"mine"})").status == 201);
  REQUIRE(listener.Hears(R"("name":"mine")"));
  CHECK(listener.text().find(R"("name":"t")") == std::string::npos);
}

TEST_CASE("watching ends with the token, and with the control plane", "[rest][watch]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string token = env.NewToken(model::Role::kAdmin, id);
  Listener with_token(env, RestEnv::ApiOf(id) + "/events", token);
  Listener operators(env, RestEnv::ApiOf(id) + "/events", env.operator_token);
  REQUIRE(with_token.Hears("event: ready\n"));
  REQUIRE(operators.Hears("event: ready\n"));
  env.Revoke(token);
  CHECK(with_token.Ends());
  REQUIRE(env.Delete("/v1/mesh/control-planes/" + id).status == 204);
  CHECK(operators.Ends());
}

TEST_CASE("questions that make no sense are refused before anything is streamed", "[rest][watch]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  CHECK(env.Get(api + "/events?type=Nonsense").status == 400);
  CHECK(env.Get(api + "/events?since=soon").status == 400);
  CHECK(env.Get(api + "/events?since=-1").status == 400);
  CHECK(env.Send("GET", api + "/events", "nonsense").status == 401);
  CHECK(env.Send("GET", RestEnv::ApiOf("00000000-0000-4000-8000-000000000000") + "/events",
                 env.operator_token)
            .status == 404);
}

TEST_CASE("a watcher hears what zones refuse, and when that is over", "[rest][watch]") {
  RestEnv env;
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  const auto refused = [&](const char* type, const char* mesh, const char* name) {
    kds::RefusedResource one;
    one.zone_name = "zone-1";
    one.type = env.registry().FindByName(type)->id;
    one.key = {mesh, name};
    one.reason = "spec: no";
    return one;
  };
  env.verdicts.Set({refused("MeshTimeout", "default", "early")});
  Listener retries(env, api + "/events?type=MeshRetry", env.operator_token);
  REQUIRE(retries.Hears("event: ready\n"));
  Listener listener(env, api + "/events?mesh=default", env.operator_token);
  REQUIRE(listener.Hears(
      "event: rejected\ndata: {\"operation\":\"reject\",\"type\":\"MeshTimeout\",\"mesh\":"
      "\"default\",\"name\":\"early\",\"zone_name\":\"zone-1\",\"reason\":\"spec: no\""));
  env.verdicts.Set({refused("MeshRetry", "default", "late"), refused("MeshTimeout", "m2", "far")});
  REQUIRE(listener.Hears(R"("type":"MeshRetry","mesh":"default","name":"late")"));
  REQUIRE(listener.Hears(
      "event: cleared\ndata: {\"operation\":\"clear\",\"type\":\"MeshTimeout\",\"mesh\":"
      "\"default\",\"name\":\"early\",\"zone_name\":\"zone-1\"}"));
  CHECK(listener.text().find("far") == std::string::npos);
  CHECK(retries.text().find("MeshTimeout") == std::string::npos);
  // Only changes have a place to resume behind.
  PutTimeout(env, api);
  REQUIRE(listener.Hears(R"("operation":"put")"));
  CHECK(listener.text().find("id:") < listener.text().find("event: rejected"));
}

TEST_CASE("a watcher hears what zones of this daemon refuse, whoever else answers",
          "[rest][watch]") {
  kds::testing::FakeVerdicts everywhere;
  RestEnv env([&](RestEnv&, Deps& deps) { deps.zone_verdicts = &everywhere; });
  const std::string api = RestEnv::ApiOf(env.NewControlPlane());
  const auto refused = [&](const char* name) {
    kds::RefusedResource one;
    one.zone_name = "zone-1";
    one.type = env.registry().FindByName("MeshTimeout")->id;
    one.key = {"default", name};
    one.reason = "spec: no";
    return one;
  };
  env.verdicts.Set({refused("here")});
  everywhere.Set({refused("here"), refused("elsewhere")});
  Listener listener(env, api + "/events", env.operator_token);
  REQUIRE(listener.Hears(R"("name":"here")"));
  // The other daemon answers no more. What is told next is told of here.
  everywhere.Set({refused("here")});
  env.verdicts.Set({refused("here"), refused("later")});
  REQUIRE(listener.Hears(R"("name":"later")"));
  CHECK(listener.text().find("elsewhere") == std::string::npos);
  CHECK(listener.text().find("event: cleared") == std::string::npos);
}

TEST_CASE("only the last event of a revision may be resumed behind", "[rest][watch]") {
  const auto registry = model::TypeRegistry::LoadEmbedded().value();
  model::Resource change;
  change.type = registry.FindByName("MeshTimeout")->id;
  change.key = {"default", "a\nb"};
  change.revision = 7;
  const std::string inner = ChangeEvent(registry, "e", change, OfRevision::kNotLast);
  const std::string last = ChangeEvent(registry, "e", change, OfRevision::kLast);
  CHECK(inner.find("id:") == std::string::npos);
  CHECK(last == "id: e.7\n" + inner);
  CHECK(std::count(last.begin(), last.end(), '\n') == 4);  // a name cannot make lines
}
