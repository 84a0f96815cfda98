// SPDX-License-Identifier: Apache-2.0
// Rules for peers that are told by their tags.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::Sidecar;
using testing::TestMesh;
using testing::TextOf;

std::string Entry(const std::string& target, const std::string& conf) {
  return fmt::format(R"({{"targetRef":{},"default":{}}})", target, conf);
}

const std::string kMesh = R"({"kind":"Mesh"})";
const std::string kDb = R"({"kind":"MeshService","name":"db"})";

std::string To(const TestMesh& mesh, std::string_view type) {
  return TextOf(mesh.Match(type, Sidecar("web")).to);
}

std::string FromMain(const TestMesh& mesh, std::string_view type) {
  const auto matched = mesh.Match(type, Sidecar("web"));
  const auto rules = matched.from.find({8080, "10.0.0.1"});
  return rules == matched.from.end() ? "none" : TextOf(rules->second);
}

TEST_CASE("destinations by service: the more specific first, with what is said of all", "[rules]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a",
           R"({"to":[)" + Entry(kMesh, R"({"idleTimeout":"1s","connectionTimeout":"1s"})") + "," +
               Entry(kDb, R"({"idleTimeout":"2s"})") + "]}");
  CHECK(To(mesh, "MeshTimeout") ==
        "{kuma.io/service=db} {\"idleTimeout\":\"2s\",\"connectionTimeout\":\"1s\"} (a)\n"
        "{} {\"idleTimeout\":\"1s\",\"connectionTimeout\":\"1s\"} (a)\n");
}

TEST_CASE("policies that count more win, whatever their entries are about", "[rules]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "b", R"({"to":[)" + Entry(kDb, R"({"idleTimeout":"1s"})") + "]}")
      .Add("MeshTimeout", "a", R"({"to":[)" + Entry(kMesh, R"({"idleTimeout":"2s"})") + "]}");
  CHECK(To(mesh, "MeshTimeout") ==
        "{kuma.io/service=db} {\"idleTimeout\":\"2s\"} (b a)\n{} {\"idleTimeout\":\"2s\"} (a)\n");
}

TEST_CASE("destinations that only are resources are left to resource rules", "[rules]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a",
           R"({"to":[)" + Entry(R"({"kind":"MeshExternalService","name":"x"})", "{}") + "," +
               Entry(R"({"kind":"MeshMultiZoneService","name":"x"})", "{}") + "]}");
  CHECK(To(mesh, "MeshTimeout") == "");
}

TEST_CASE("sources are split by tags and their negations", "[rules]") {
  TestMesh mesh;
  mesh.Add("MeshTrafficPermission", "a",
           R"({"from":[)" + Entry(kMesh, R"({"action":"Deny"})") + "," +
               Entry(R"({"kind":"MeshSubset","tags":{"team":"core"}})", R"({"action":"Allow"})") +
               "]}");
  CHECK(FromMain(mesh, "MeshTrafficPermission") ==
        "{team=core} {\"action\":\"Allow\"} (a)\n{!team=core} {\"action\":\"Deny\"} (a)\n");
}

TEST_CASE("every type with `from` has such rules", "[rules]") {
  for (const char* type : {"MeshAccessLog", "MeshCircuitBreaker", "MeshFaultInjection",
                           "MeshRateLimit", "MeshTLS", "MeshTimeout", "MeshTrafficPermission"}) {
    INFO(type);
    TestMesh mesh;
    mesh.Add(type, "a", R"({"from":[)" + Entry(kMesh, R"({"x":1})") + "]}");
    CHECK(FromMain(mesh, type) == "{} {\"x\":1} (a)\n");
  }
}

TEST_CASE("every type with `to` has such rules", "[rules]") {
  for (const char* type :
       {"MeshAccessLog", "MeshCircuitBreaker", "MeshFaultInjection", "MeshHealthCheck",
        "MeshLoadBalancingStrategy", "MeshRateLimit", "MeshRetry", "MeshTimeout"}) {
    INFO(type);
    TestMesh mesh;
    mesh.Add(type, "a", R"({"to":[)" + Entry(kMesh, R"({"x":1})") + "]}");
    CHECK(To(mesh, type) == "{} {\"x\":1} (a)\n");
  }
}

TEST_CASE("every type with one conf has a rule for the proxy", "[rules]") {
  for (const char* type : {"MeshMetric", "MeshPassthrough", "MeshProxyPatch", "MeshTrace"}) {
    INFO(type);
    TestMesh mesh;
    mesh.Add(type, "b", R"({"targetRef":{"kind":"Mesh"},"default":{"x":1,"y":1}})")
        .Add(type, "a", R"({"targetRef":{"kind":"Mesh"},"default":{"x":2}})")
        .Add(type, "c", R"({"targetRef":{"kind":"MeshService","name":"other"},"default":{"x":3}})");
    const auto matched = mesh.Match(type, Sidecar("web"));
    CHECK(TextOf(matched.proxy) == "{} {\"x\":2,\"y\":1} (b a)\n");
    CHECK(matched.to.empty());
    CHECK(matched.from.empty());
  }
}

TEST_CASE("lists that are appended grow with every policy", "[rules]") {
  TestMesh mesh;
  mesh.Add("MeshPassthrough", "b", R"({"default":{"appendMatch":[{"value":"b"}]}})")
      .Add("MeshPassthrough", "a", R"({"default":{"appendMatch":[{"value":"a"}]}})");
  CHECK(TextOf(mesh.Match("MeshPassthrough", Sidecar("web")).proxy) ==
        "{} {\"appendMatch\":[{\"value\":\"b\"},{\"value\":\"a\"}]} (b a)\n");
}

TEST_CASE("sources that tags cannot tell are refused with a warning", "[rules]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a",
           R"({"from":[)" + Entry(R"({"kind":"MeshGateway","name":"g"})", "{}") + "]}");
  const auto matched = mesh.Match("MeshTimeout", Sidecar("web"));
  CHECK(matched.from.empty());
  CHECK(matched.warnings ==
        std::vector<std::string>{
            "couldn't create From rules: can't represent MeshGateway as tags",
            "couldn't create Gateway rules: can't represent MeshGateway as tags"});
}

TEST_CASE("sources that overlap in too many ways are refused with a warning", "[rules]") {
  std::string entries;
  for (int i = 0; i < 20; ++i) {
    entries += (i == 0 ? "" : ",") +
               Entry(fmt::format(R"({{"kind":"MeshSubset","tags":{{"k{}":"1"}}}})", i), "{}");
  }
  TestMesh mesh;
  mesh.Add("MeshTimeout", "a", R"({"from":[)" + entries + "]}");
  const auto matched = mesh.Match("MeshTimeout", Sidecar("web"));
  CHECK(matched.from.empty());
  REQUIRE_FALSE(matched.warnings.empty());
  CHECK(matched.warnings[0].starts_with("couldn't create From rules: "));
}

}  // namespace
}  // namespace skyden::matching
