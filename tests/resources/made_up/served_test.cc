// SPDX-License-Identifier: Apache-2.0
// The policy type that type/ describes, as people and zones meet it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "agent/zone_messages.h"
#include "tests/rest/rest_env.h"

namespace skyden {
namespace {

using nlohmann::json;

std::string Body(const std::string& conf) {
  return R"({"type":"MeshMadeUp","mesh":"default","name":"one","spec":{"targetRef":{"kind":"Mesh"},)"
         R"("to":[{"targetRef":{"kind":"Mesh"},"default":)" +
         conf + "}]}}";
}

TEST_CASE("a policy type that two files describe is served over REST, rules and all", "[made_up]") {
  rest::RestEnv env;
  const std::string api = rest::RestEnv::ApiOf(env.NewControlPlane());
  const std::string path = api + "/meshes/default/meshmadeups/one";
  const rest::Answer made = env.Put(path, Body(R"({"lightness":3,"colour":"blue"})"));
  CHECK(made.status == 201);
  CHECK(made.json()["warnings"] == json({"nobody looks at the colour"}));
  CHECK(env.Get(path).json()["spec"]["to"][0]["default"]["lightness"] == 3);

  const rest::Answer refused = env.Put(path, Body(R"({"lightness":0})"));
  CHECK(refused.status == 400);
  CHECK(refused.json()["invalid_parameters"] ==
        json({{{"field", "spec.to[0].default.lightness"}, {"reason", "must be greater than 0"}}}));

  bool listed = false;
  const json types = env.Get(api + "/_resources").json();
  for (const json& type : types["resources"]) {
    if (type["name"] != "MeshMadeUp") continue;
    listed = type["path"] == "meshmadeups" && type["policy"]["hasToTargetRef"] == true;
  }
  CHECK(listed);
}

TEST_CASE("a policy type of Kuma 3 alone is served by control planes of that version",
          "[made_up]") {
  rest::RestEnv env;
  const std::string body =
      R"({"type":"MeshMadeUpThree","mesh":"default","name":"one","spec":{"to":[{"targetRef":)"
      R"({"kind":"Mesh"},"default":{"lightness":3}}]}})";
  const std::string path = "/meshes/default/meshmadeupthrees/one";
  const std::string three =
      rest::RestEnv::ApiOf(env.NewControlPlane("three", model::KumaVersion::kThree));
  CHECK(env.Put(three + path, body).status == 201);
  CHECK(env.Get(three + path).json()["kri"] == "kri_mmu3_default___one_");
  CHECK(env.Get(three + "/_kri/kri_mmu3_default___one_").status == 200);

  const std::string two = rest::RestEnv::ApiOf(env.NewControlPlane("two"));
  CHECK(env.Put(two + path, body).status == 404);
  CHECK(env.Get(two + path).status == 404);
  CHECK(env.Get(two + "/_kri/kri_mmu3_default___one_").status == 400);
}

TEST_CASE("zones ask for it", "[made_up]") {
  const std::vector<std::string>& asked = agent::TypesFromGlobal();
  CHECK(std::count(asked.begin(), asked.end(), "MeshMadeUp") == 1);
}

}  // namespace
}  // namespace skyden
