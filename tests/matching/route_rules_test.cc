// SPDX-License-Identifier: Apache-2.0
// MeshHTTPRoute, MeshTCPRoute, and policies on routes.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::Sidecar;
using testing::TestMesh;
using testing::TextOf;

std::string Matches(const std::string& path) {
  return R"([{"path":{"value":")" + path + R"(","type":"PathPrefix"}}])";
}
std::string Rule(const std::string& path, const std::string& conf) {
  return R"({"matches":)" + Matches(path) + R"(,"default":)" + conf + "}";
}
std::string Route(const std::string& target, const std::vector<std::string>& rules) {
  return fmt::format(R"({{"to":[{{"targetRef":{},"rules":[{}]}}]}})", target,
                     fmt::join(rules, ","));
}

const std::string kDb = R"({"kind":"MeshService","name":"db"})";
const std::string kExt = R"({"kind":"MeshExternalService","name":"ext"})";

TEST_CASE("routes merge rule by rule, and the first of a route counts most", "[routes]") {
  TestMesh mesh;
  mesh.Add("MeshHTTPRoute", "b", Route(kDb, {Rule("/x", R"({"f":1,"g":1})"), Rule("/y", "{}")}))
      .Add("MeshHTTPRoute", "a", Route(kDb, {Rule("/z", "{}"), Rule("/x", R"({"f":2})")}));
  const auto matched = mesh.Match("MeshHTTPRoute", Sidecar("web"));
  CHECK(TextOf(matched.to) == R"({kuma.io/service=db} {"rules":[)" + Rule("/z", "{}") + "," +
                                  Rule("/x", R"({"f":2,"g":1})") + "," + Rule("/y", "{}") +
                                  "]} (b a)\n");
  CHECK(matched.http_matches.size() == 3);
}

TEST_CASE("a rule of a route knows whose it is", "[routes]") {
  TestMesh mesh;
  mesh.Add("MeshExternalService", "ext", R"({"match":{"port":443}})")
      .Add("MeshHTTPRoute", "b", Route(kExt, {Rule("/x", R"({"f":1})"), Rule("/y", "{}")}))
      .Add("MeshHTTPRoute", "a", Route(kExt, {Rule("/x", R"({"f":2})")}));
  const auto matched = mesh.Match("MeshHTTPRoute", Sidecar("web"));
  REQUIRE(matched.to_resources.size() == 1);
  const ResourceRule& rule = matched.to_resources.begin()->second;
  REQUIRE(rule.routes.size() == 2);
  CHECK(rule.routes[0].matches == Matches("/x"));
  CHECK(rule.routes[0].conf == R"({"f":2})");
  CHECK(rule.routes[0].origin->key.name == "a");
  CHECK(rule.routes[1].matches == Matches("/y"));
  CHECK(rule.routes[1].origin->key.name == "b");
}

TEST_CASE("a TCP route has one conf, and leads to its target when it has none", "[routes]") {
  TestMesh mesh;
  mesh.Add("MeshExternalService", "ext", R"({"match":{"port":443}})")
      .Add("MeshTCPRoute", "b", R"({"to":[{"targetRef":)" + kExt + R"(,"rules":[]}]})");
  const auto rule = mesh.Match("MeshTCPRoute", Sidecar("web")).to_resources.begin()->second;
  CHECK(rule.routes.at(0).conf ==
        R"({"backendRefs":[{"kind":"MeshExternalService","name":"ext","weight":1}]})");
  mesh.Add("MeshTCPRoute", "a",
           R"({"to":[{"targetRef":)" + kExt +
               R"(,"rules":[{"default":{"backendRefs":[{"kind":"X"}]}}]}]})");
  CHECK(mesh.Match("MeshTCPRoute", Sidecar("web")).to_resources.begin()->second.confs.at(0) ==
        R"({"default":{"backendRefs":[{"kind":"X"}]}})");
}

TEST_CASE("a policy on a route is told by the hash of what the route matches", "[routes]") {
  const std::string hash = "9Zuf5Tg79OuZcQITwBbQykxAk2u4fRKrwYn3//AL4Yo=";  // of "/"
  TestMesh mesh;
  mesh.Add("MeshHTTPRoute", "r", Route(kDb, {Rule("/", "{}")}))
      .Add("MeshHTTPRoute", "all", Route(R"({"kind":"Mesh"})", {Rule("/", "{}")}))
      .Add("MeshTimeout", "on-r",
           R"({"targetRef":{"kind":"MeshHTTPRoute","name":"r"},)"
           R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"x":1}}]})");
  CHECK(TextOf(mesh.Match("MeshTimeout", Sidecar("web")).to) ==
        "{__rule-matches-hash__=" + hash + ",kuma.io/service=db} {\"x\":1} (on-r)\n");
  CHECK(mesh.Match("MeshTimeout", Sidecar("web")).to_resources.empty());
  mesh.Add("MeshTimeout", "on-r",
           R"({"targetRef":{"kind":"MeshHTTPRoute","name":"all"},)"
           R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"x":1}}]})");
  CHECK(TextOf(mesh.Match("MeshTimeout", Sidecar("web")).to) ==
        "{__rule-matches-hash__=" + hash + "} {\"x\":1} (on-r)\n");
}

TEST_CASE("an entry on a route is a resource rule of the route", "[routes]") {
  TestMesh mesh;
  mesh.Add("MeshHTTPRoute", "r", Route(kDb, {Rule("/", "{}")}))
      .Add("MeshTimeout", "t",
           R"({"to":[{"targetRef":{"kind":"MeshHTTPRoute","name":"r"},"default":{"x":1}},)"
           R"({"targetRef":{"kind":"Mesh"},"default":{"y":2}}]})");
  const auto matched = mesh.Match("MeshTimeout", Sidecar("web"));
  CHECK(matched.to.empty());
  const Identifier route = {"MeshHTTPRoute", "demo", "", "", "r", ""};
  REQUIRE(matched.to_resources.count(route) == 1);
  CHECK(matched.to_resources.at(route).confs.at(0) == R"({"y":2,"x":1})");
}

}  // namespace
}  // namespace skyden::matching
