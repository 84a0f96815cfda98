// SPDX-License-Identifier: Apache-2.0
// Which of several policies counts more.
#include <catch2/catch.hpp>
#include <string>

#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::ProxyOf;
using testing::Sidecar;
using testing::TestMesh;

std::string Timeout(const std::string& target) {
  return R"({"targetRef":)" + target + R"(,"to":[]})";
}

TEST_CASE("what is about fewer proxies counts more", "[order]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a-mesh", Timeout(R"({"kind":"Mesh"})"))
      .Add("MeshTimeout", "b-dataplane", Timeout(R"({"kind":"Dataplane"})"))
      .Add("MeshTimeout", "c-subset", Timeout(R"({"kind":"MeshSubset","tags":{"version":"v1"}})"))
      .Add("MeshTimeout", "d-service", Timeout(R"({"kind":"MeshService","name":"web"})"))
      .Add("MeshTimeout", "e-service-subset",
           Timeout(R"({"kind":"MeshServiceSubset","name":"web","tags":{"version":"v1"}})"));
  CHECK(mesh.Names("MeshTimeout", Sidecar("web")) ==
        "a-mesh b-dataplane c-subset d-service e-service-subset");
}

TEST_CASE("among Dataplane targets sections count more than none", "[order]") {
  const std::string labels = R"({"kind":"Dataplane","labels":{}})";
  const std::string section = R"({"kind":"Dataplane","labels":{},"sectionName":"main"})";
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a", Timeout(section)).Add("MeshTimeout", "b", Timeout(labels));
  CHECK(mesh.Names("MeshTimeout", Sidecar("web")) == "b a");
}

TEST_CASE("among Dataplane targets names count more than labels", "[order]") {
  const model::Labels zone = {{"kuma.io/origin", "zone"}, {"kuma.io/zone", "east"}};
  TestMesh mesh;
  mesh.Add("MeshTimeout", "z", Timeout(R"({"kind":"Dataplane","name":"web"})"), zone)
      .Add("MeshTimeout", "a", Timeout(R"({"kind":"Dataplane","labels":{},"sectionName":"main"})"),
           zone);
  CHECK(mesh.Names("MeshTimeout", Sidecar("web")) == "a z");
}

TEST_CASE("then origins, then roles, then names", "[order]") {
  const std::string mesh_target = Timeout(R"({"kind":"Mesh"})");
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a-global", mesh_target, {{"kuma.io/origin", "global"}})
      .Add("MeshTimeout", "b-unknown", mesh_target)
      .Add("MeshTimeout", "b-zone", mesh_target, {{"kuma.io/origin", "zone"}})
      .Add("MeshTimeout", "c-zone", mesh_target, {{"kuma.io/origin", "zone"}})
      .Add("MeshTimeout", "d-producer", mesh_target,
           {{"kuma.io/origin", "zone"}, {"kuma.io/policy-role", "producer"}})
      .Add("MeshTimeout", "a-unknown", mesh_target);
  // Of equal ones, what sorts first counts most, and so comes last.
  CHECK(mesh.Names("MeshTimeout", Sidecar("web")) ==
        "a-global b-unknown a-unknown c-zone b-zone d-producer");
}

TEST_CASE("names are those that their authors gave", "[order]") {
  const std::string mesh_target = Timeout(R"({"kind":"Mesh"})");
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a-4d2", mesh_target, {{"kuma.io/display-name", "z"}})
      .Add("MeshTimeout", "z-7b9", mesh_target, {{"kuma.io/display-name", "a"}});
  CHECK(mesh.Names("MeshTimeout", Sidecar("web")) == "a-4d2 z-7b9");
}

TEST_CASE("of a gateway's listeners more tags count more", "[order]") {
  TestMesh mesh;
  mesh.Add("MeshGateway", "edge", R"({"selectors":[{"match":{"kuma.io/service":"gw"}}],
      "conf":{"listeners":[{"port":80,"protocol":"HTTP","tags":{"a":"1","b":"1"}}]}})")
      .Add("MeshTimeout", "a", Timeout(R"({"kind":"MeshGateway","name":"edge"})"))
      .Add("MeshTimeout", "b",
           Timeout(R"({"kind":"MeshGateway","name":"edge","tags":{"a":"1","b":"1"}})"))
      .Add("MeshTimeout", "c", Timeout(R"({"kind":"MeshGateway","name":"edge","tags":{"a":"1"}})"));
  const Proxy gateway = ProxyOf("g", R"({"networking":{"address":"10.0.0.1","gateway":{
      "type":"BUILTIN","tags":{"kuma.io/service":"gw"}}}})");
  CHECK(mesh.Names("MeshTimeout", gateway) == "a c b");
}

}  // namespace
}  // namespace skyden::matching
