// SPDX-License-Identifier: Apache-2.0
// Rules for destinations that are resources.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::Registry;
using testing::Sidecar;
using testing::TestMesh;

const model::Labels kEast = {{"kuma.io/origin", "zone"},
                             {"kuma.io/zone", "east"},
                             {"kuma.io/display-name", "db"},
                             {"app", "db"}};
const model::Labels kWest = {{"kuma.io/origin", "zone"},
                             {"kuma.io/zone", "west"},
                             {"kuma.io/display-name", "db"},
                             {"app", "db"}};

TestMesh WithServices() {
  TestMesh mesh;
  mesh.Add("MeshService", "db-1",
           R"({"ports":[{"name":"main","port":80},{"port":90,"name":"admin"}]})", kEast)
      .Add("MeshService", "db-2", R"({"ports":[{"name":"main","port":80}]})", kWest)
      .Add("MeshExternalService", "ext", R"({"match":{"port":443,"protocol":"tls"}})",
           {{"tier", "out"}})
      .Add("MeshMultiZoneService", "all", R"({"ports":[{"port":80,"name":"main"}]})");
  return mesh;
}

std::string Entry(const std::string& target, const std::string& conf) {
  return fmt::format(R"({{"targetRef":{},"default":{}}})", target, conf);
}

std::string Policy(const std::vector<std::string>& entries) {
  return fmt::format(R"({{"to":[{}]}})", fmt::join(entries, ","));
}

// "kri conf policy[index]...", a line each.
std::string Rules(const TestMesh& mesh) {
  std::string text;
  for (const auto& [id, rule] : mesh.Match("MeshTimeout", Sidecar("web")).to_resources) {
    text += KriText(Registry(), id) + " " + rule.confs.at(0);
    for (const Origin& origin : rule.origins) {
      text += fmt::format(" {}[{}]", origin.policy->key.name, origin.index);
    }
    text += "\n";
  }
  return text;
}

const std::string kAll = R"({"kind":"Mesh"})";

TEST_CASE("the mesh has a rule when an entry is about it", "[resource-rules]") {
  TestMesh mesh = WithServices();
  mesh.Add("MeshTimeout", "a", Policy({Entry(kAll, R"({"x":1})")}));
  CHECK(Rules(mesh) == "kri_m____demo_ {\"x\":1} a[0]\n");
}

TEST_CASE("labels name every service that has them", "[resource-rules]") {
  TestMesh mesh = WithServices();
  mesh.Add("MeshTimeout", "a",
           Policy({Entry(R"({"kind":"MeshService","labels":{"app":"db"}})", R"({"x":1})")}));
  CHECK(Rules(mesh) ==
        "kri_msvc_demo_east__db_ {\"x\":1} a[0]\nkri_msvc_demo_west__db_ {\"x\":1} a[0]\n");
}

TEST_CASE("a section names a port of those that have it", "[resource-rules]") {
  TestMesh mesh = WithServices();
  mesh.Add("MeshTimeout", "a",
           Policy({Entry(R"({"kind":"MeshService","labels":{"app":"db"},"sectionName":"admin"})",
                         R"({"x":1})")}));
  CHECK(Rules(mesh) == "kri_msvc_demo_east__db_admin {\"x\":1} a[0]\n");
}

TEST_CASE("names mean what was made in the policy's own zone", "[resource-rules]") {
  const std::string by_name =
      Policy({Entry(R"({"kind":"MeshService","name":"db"})", R"({"x":1})")});
  TestMesh global = WithServices();
  global.Add("MeshTimeout", "a", by_name);
  CHECK(Rules(global) == "");
  TestMesh zone = WithServices();
  zone.Add("MeshTimeout", "a", by_name, {{"kuma.io/origin", "zone"}, {"kuma.io/zone", "east"}});
  CHECK(Rules(zone) == "kri_msvc_demo_east__db_ {\"x\":1} a[0]\n");
  TestMesh outside = WithServices();
  outside.Add("MeshTimeout", "a",
              Policy({Entry(R"({"kind":"MeshExternalService","name":"ext"})", R"({"x":1})"),
                      Entry(R"({"kind":"MeshMultiZoneService","name":"all"})", R"({"x":2})"),
                      Entry(R"({"kind":"MeshExternalService","name":"none"})", R"({"x":3})")}));
  CHECK(Rules(outside) ==
        "kri_extsvc_demo___ext_ {\"x\":1} a[0]\n"
        "kri_mzsvc_demo___all_ {\"x\":2} a[1]\n");
}

TEST_CASE("what is said of the mesh and of the service counts for its port", "[resource-rules]") {
  TestMesh mesh = WithServices();
  const std::string db = R"({"kind":"MeshService","labels":{"app":"db","kuma.io/zone":"east"}})";
  const std::string main =
      R"({"kind":"MeshService","labels":{"app":"db","kuma.io/zone":"east"},"sectionName":"main"})";
  mesh.Add("MeshTimeout", "a",
           Policy({Entry(main, R"({"x":3})"), Entry(db, R"({"x":2,"y":2})"),
                   Entry(kAll, R"({"x":1,"y":1,"z":1})")}));
  CHECK(Rules(mesh) ==
        "kri_m____demo_ {\"x\":1,\"y\":1,\"z\":1} a[2]\n"
        "kri_msvc_demo_east__db_ {\"x\":2,\"y\":2,\"z\":1} a[2] a[1]\n"
        "kri_msvc_demo_east__db_main {\"x\":3,\"y\":2,\"z\":1} a[2] a[1] a[0]\n");
}

TEST_CASE("policies count before targets, and targets before names", "[resource-rules]") {
  const std::string db = R"({"kind":"MeshService","labels":{"app":"db","kuma.io/zone":"east"}})";
  TestMesh mesh = WithServices();
  mesh.Add("MeshTimeout", "a", Policy({Entry(kAll, R"({"x":1})")}))
      .Add("MeshTimeout", "b", Policy({Entry(db, R"({"x":2})")}))
      .Add("MeshTimeout", "c",
           R"({"targetRef":{"kind":"MeshService","name":"web"},"to":[)" +
               Entry(kAll, R"({"y":3})") + "]}");
  CHECK(Rules(mesh) ==
        "kri_m____demo_ {\"x\":1,\"y\":3} a[0] c[0]\n"
        "kri_msvc_demo_east__db_ {\"x\":2,\"y\":3} a[0] b[0] c[0]\n");
}

TEST_CASE("services' names of old times mean their resources", "[resource-rules]") {
  TestMesh mesh;
  mesh.Add("MeshService", "db-1", R"({"ports":[{"name":"main","port":80}]})",
           {{"kuma.io/display-name", "db"}, {"k8s.kuma.io/namespace", "shop"}})
      .Add("MeshTimeout", "a",
           Policy({Entry(R"({"kind":"MeshService","name":"db_shop_svc_80"})", R"({"x":1})"),
                   Entry(R"({"kind":"MeshService","name":"db_shop_svc_81"})", R"({"x":2})"),
                   Entry(R"({"kind":"MeshService","name":"db_shop_svc"})", R"({"y":3})")}));
  CHECK(Rules(mesh) ==
        "kri_msvc_demo__shop_db_ {\"y\":3} a[2]\n"
        "kri_msvc_demo__shop_db_main {\"x\":1,\"y\":3} a[0] a[2]\n");
}

TEST_CASE("tags name no resources", "[resource-rules]") {
  TestMesh mesh = WithServices();
  mesh.Add("MeshTimeout", "a",
           Policy({Entry(R"({"kind":"MeshSubset","tags":{"app":"db"}})", "{}"),
                   Entry(R"({"kind":"MeshServiceSubset","name":"db"})", "{}")}));
  CHECK(Rules(mesh) == "");
}

TEST_CASE("a port without a rule has its service's, then the mesh's", "[resource-rules]") {
  TestMesh source = WithServices();
  source.Add("MeshTimeout", "a",
             Policy({Entry(kAll, R"({"x":1})"),
                     Entry(R"({"kind":"MeshExternalService","name":"ext"})", R"({"x":2})")}));
  const auto mesh = source.Build();
  const auto rules = source.Match("MeshTimeout", Sidecar("web")).to_resources;
  const Identifier ext = {"MeshExternalService", "demo", "", "", "ext", "443"};
  const Identifier db = {"MeshService", "demo", "east", "", "db", "main"};
  const Identifier route = {"MeshHTTPRoute", "demo", "", "", "r", ""};
  const Identifier elsewhere = {"MeshService", "other", "", "", "db", ""};
  const Identifier dataplane = {"Dataplane", "demo", "", "", "web", ""};
  CHECK(RuleFor(*mesh, rules, ext)->confs.at(0) == "{\"x\":2}");
  CHECK(RuleFor(*mesh, rules, db)->confs.at(0) == "{\"x\":1}");
  CHECK(RuleFor(*mesh, rules, route)->confs.at(0) == "{\"x\":1}");
  CHECK(RuleFor(*mesh, rules, elsewhere) == nullptr);
  CHECK(RuleFor(*mesh, rules, dataplane) == nullptr);
  CHECK(FirstRule(rules, {db, MeshIdentifier(*mesh)})->confs.at(0) == "{\"x\":1}");
  CHECK(FirstRule(rules, {db}) == nullptr);
}

}  // namespace
}  // namespace skyden::matching
