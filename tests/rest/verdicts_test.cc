// SPDX-License-Identifier: Apache-2.0
// What zones refuse and are not sent, as owners see it.
#include <catch2/catch.hpp>

#include "tests/rest/rest_env.h"

namespace skyden::rest {

using nlohmann::json;

namespace {

kds::RefusedResource Refused(const RestEnv& env, const char* type, const char* mesh,
                             const char* name) {
  kds::RefusedResource refused;
  refused.zone_name = "zone-1";
  refused.zone_version = "3.0.1";
  refused.zone_online = true;
  refused.type = env.registry().FindByName(type)->id;
  refused.key = {mesh, name};
  refused.reason = "spec: no";
  refused.since = absl::FromUnixSeconds(0);
  return refused;
}

constexpr char kRetry[] =
    R"({"type":"MeshRetry","mesh":"default","name":"r","spec":{"to":[{"targetRef":{"kind":"Mesh"},)"
    R"("default":{"tcp":{"maxConnectAttempt":3}}}]}})";

}  // namespace

TEST_CASE("resources that zones refuse are shown", "[rest]") {
  RestEnv env;
  const std::string id = env.NewControlPlane();
  const std::string path = "/v1/mesh/control-planes/" + id + "/ops/rejected-resources";
  CHECK(env.Get(path).json() == json({{"data", json::array()}}));
  env.verdicts.Set({Refused(env, "Mesh", "", "1mesh"), Refused(env, "MeshRetry", "default", ""),
                    Refused(env, "Secret", "default", "s")});
  const Answer answer = env.Get(path);
  CHECK(answer.status == 200);
  REQUIRE(answer.json()["data"].size() == 3);
  CHECK(answer.json()["data"][0] == json({{"zone_name", "zone-1"},
                                          {"zone_version", "3.0.1"},
                                          {"zone_online", true},
                                          {"type", "Mesh"},
                                          {"name", "1mesh"},
                                          {"reason", "spec: no"},
                                          {"since", "1970-01-01T00:00:00Z"}}));
  CHECK_FALSE(answer.json()["data"][1].contains("name"));
  const json retries = env.Get(path + "?filter[type]=MeshRetry").json()["data"];
  REQUIRE(retries.size() == 1);
  CHECK(retries[0]["type"] == "MeshRetry");
  CHECK(env.Get(path + "?filter[name]=s").json()["data"].size() == 1);
  CHECK(env.Get(path + "?filter[no]=x").status == 400);
  // Whoever may not read a type does not learn of it here.
  const Answer viewer = env.Send("GET", path, env.NewToken(model::Role::kViewer, id));
  CHECK(viewer.status == 200);
  CHECK(viewer.body.find("Secret") == std::string::npos);
  CHECK(viewer.body.find("1mesh") != std::string::npos);
  CHECK(env.Send("GET", path, env.NewOrganization("other")).status == 404);
}

TEST_CASE("types that zones are not sent are shown", "[rest]") {
  RestEnv env;
  const std::string path =
      "/v1/mesh/control-planes/" + env.NewControlPlane() + "/ops/withheld-types";
  env.verdicts.SetWithheld({{"zone-1", env.registry().FindByName("MeshTimeout")->id, 12'000'000,
                             10u << 20, absl::FromUnixSeconds(0)}});
  CHECK(env.Get(path).json()["data"] == json::array({{{"zone_name", "zone-1"},
                                                      {"type", "MeshTimeout"},
                                                      {"bytes", 12'000'000},
                                                      {"bytes_max", 10u << 20},
                                                      {"since", "1970-01-01T00:00:00Z"}}}));
  CHECK(env.Get(path + "?filter[zone_name]=zone-2").json()["data"].empty());
  CHECK(env.Send("GET", path, env.NewOrganization("other")).status == 404);
}

TEST_CASE("a write that zones refuse is answered with a warning, any other as by Kuma", "[rest]") {
  RestEnv env;
  const std::string path = RestEnv::ApiOf(env.NewControlPlane()) + "/meshes/default/meshretries/r";
  const Answer plain = env.Put(path, kRetry);
  CHECK(plain.status == 201);
  CHECK(plain.body.find("warnings") == std::string::npos);
  env.verdicts.Warn("zone zone-1 refuses");
  const Answer warned = env.Put(path, kRetry);
  CHECK(warned.status == 200);
  CHECK(warned.json() == json({{"warnings", {"zone zone-1 refuses r"}}}));
  // What is refused here is refused as ever.
  CHECK(env.Put(path, "{}").status == 400);
}

}  // namespace skyden::rest
