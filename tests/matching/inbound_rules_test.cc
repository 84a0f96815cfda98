// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::Sidecar;
using testing::TestMesh;

// "match conf policy[index]", a line each, for port 8080.
std::string AtMain(const TestMesh& mesh, std::string_view type) {
  const auto matched = mesh.Match(type, Sidecar("web"));
  const auto rules = matched.inbound.find({8080, "10.0.0.1"});
  if (rules == matched.inbound.end()) return "none";
  std::string text;
  for (const InboundRule& rule : rules->second) {
    text += fmt::format("{} {} {}[{}]\n", rule.match.empty() ? "all" : rule.match, rule.conf,
                        rule.origin.policy->key.name, rule.origin.index);
  }
  return text;
}

TEST_CASE("rules are not merged, and what counts least comes first", "[inbound]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "b", R"({"rules":[{"default":{"x":1}},{"default":{"x":2}}]})")
      .Add("MeshTimeout", "a", R"({"rules":[{"default":{"x":3}}]})");
  CHECK(AtMain(mesh, "MeshTimeout") ==
        "all {\"x\":1} b[0]\nall {\"x\":2} b[1]\nall {\"x\":3} a[0]\n");
}

TEST_CASE("each match is a rule of its own, and exact identities come first", "[inbound]") {
  const std::string exact = R"({"spiffeID":{"type":"Exact","value":"spiffe://a/b"}})";
  const std::string prefix = R"({"spiffeID":{"type":"Prefix","value":"spiffe://a"}})";
  const std::string sni = R"({"sni":{"type":"Exact","value":"a"}})";
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a",
           R"({"rules":[{"default":{"x":1}},{"matches":[)" + prefix + "," + exact +
               R"(],"default":{"x":2}},{"matches":[)" + sni + R"(],"default":{"x":3}}]})");
  CHECK(AtMain(mesh, "MeshTimeout") == exact + " {\"x\":2} a[1]\n" + prefix + " {\"x\":2} a[1]\n" +
                                           sni + " {\"x\":3} a[2]\n" + "all {\"x\":1} a[0]\n");
}

TEST_CASE("of some types `from` counts as rules when there are none", "[inbound]") {
  const std::string from = R"("from":[{"targetRef":{"kind":"Mesh"},"default":{"x":1}}])";
  for (const char* type :
       {"MeshAccessLog", "MeshCircuitBreaker", "MeshRateLimit", "MeshTLS", "MeshTimeout"}) {
    INFO(type);
    TestMesh mesh;
    mesh.Add(type, "a", "{" + from + "}")
        .Add(type, "b", "{" + from + R"(,"rules":[{"default":{"x":2}}]})");
    CHECK(AtMain(mesh, type) == "all {\"x\":2} b[0]\nall {\"x\":1} a[0]\n");
  }
  for (const char* type : {"MeshFaultInjection", "MeshTrafficPermission"}) {
    INFO(type);
    TestMesh mesh;
    mesh.Add(type, "a", "{" + from + "}");
    CHECK(AtMain(mesh, type) == "");
  }
}

TEST_CASE("a policy on a section has rules for that inbound only", "[inbound]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a",
           R"({"targetRef":{"kind":"Dataplane","sectionName":"admin"},"rules":[{"default":{}}]})");
  CHECK(AtMain(mesh, "MeshTimeout") == "none");
  CHECK(mesh.Match("MeshTimeout", Sidecar("web")).inbound.count({9090, "10.0.0.1"}) == 1);
}

}  // namespace
}  // namespace skyden::matching
