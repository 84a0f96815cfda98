// SPDX-License-Identifier: Apache-2.0
// What MeshGateways and MeshGatewayRoutes make of a built-in gateway.
#include <catch2/catch.hpp>
#include <string>

#include "matching/hostnames.h"
#include "skyden/matching/attachments.h"
#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::ProxyOf;
using testing::TestMesh;

Proxy Edge() {
  return ProxyOf("edge-1", R"({"networking":{"address":"10.0.0.1","gateway":{
      "type":"BUILTIN","tags":{"kuma.io/service":"edge"}}}})");
}

TestMesh WithGateway(const std::string& listeners) {
  TestMesh mesh;
  mesh.Add("MeshGateway", "gw",
           R"({"selectors":[{"match":{"kuma.io/service":"edge"}}],
      "conf":{"listeners":[)" +
               listeners + "]}}");
  return mesh;
}

const std::string kHttp = R"({"port":80,"protocol":"HTTP"})";

std::string Route(const std::string& hostnames, const std::string& rules) {
  return R"({"selectors":[{"match":{"kuma.io/service":"edge"}}],"conf":{"http":{"hostnames":[)" +
         hostnames + R"(],"rules":[)" + rules + "]}}}";
}

std::string Rule(const std::string& match, const std::string& value,
                 const std::string& service = "db") {
  return R"({"matches":[{"path":{"match":")" + match + R"(","value":")" + value +
         R"("}}],"backends":[{"weight":1,"destination":{"kuma.io/service":")" + service +
         R"("}}]})";
}

// "80 HTTP: host route->service..., host ...; 443 ..."
std::string TextOf(const GatewayView& view) {
  std::string text;
  for (const auto& listener : view.listeners) {
    text += std::to_string(listener.port) + " " + listener.protocol + ":";
    for (const auto& host : listener.hosts) {
      text += " [" + host.name;
      for (const auto& entry : host.entries) {
        text += " " + entry.route;
        for (const auto& forward : entry.forwards) {
          text += ">" + forward.tags.at("kuma.io/service");
        }
      }
      text += "]";
    }
    text += "\n";
  }
  return text;
}

std::string View(const TestMesh& mesh) { return TextOf(ViewGateway(*mesh.Build(), Edge())); }

TEST_CASE("hosts meet when one is within the other", "[gateway]") {
  CHECK(HostsMeet("a.example", "a.example"));
  CHECK(HostsMeet("*.example", "a.example"));
  CHECK(HostsMeet("a.example", "*.example"));
  CHECK(HostsMeet("*", "a.example"));
  CHECK(HostsMeet("*.example", "*.b.example"));
  CHECK_FALSE(HostsMeet("a.example", "b.example"));
  CHECK_FALSE(HostsMeet("*.example", "a.other"));
  CHECK(IsMoreExactHost("a.example", "*.example"));
  CHECK(IsMoreExactHost("*.a.example", "*.example"));
  CHECK(IsMoreExactHost("*.example", "*"));
  CHECK_FALSE(IsMoreExactHost("b", "a"));
}

TEST_CASE("a gateway without a MeshGateway has no listeners", "[gateway]") {
  const GatewayView view = ViewGateway(*TestMesh().Build(), Edge());
  CHECK(view.gateway == nullptr);
  CHECK(view.listeners.empty());
}

TEST_CASE("ports are listeners, and their hostnames hosts", "[gateway]") {
  CHECK(View(WithGateway(kHttp)) == "80 HTTP: [*]\n");
  CHECK(View(WithGateway(R"({"port":443,"protocol":"HTTPS","hostname":"b.example"},
      {"port":443,"protocol":"HTTPS","hostname":"a.example"},)" +
                         kHttp)) == "80 HTTP: [*]\n443 HTTPS: [a.example] [b.example]\n");
}

TEST_CASE("a prefix takes an entry for the path and one for what is below", "[gateway]") {
  TestMesh mesh = WithGateway(kHttp);
  mesh.Add("MeshGatewayRoute", "r", Route("", Rule("PREFIX", "/a")));
  CHECK(View(mesh) == "80 HTTP: [* r>db r>db]\n");
  mesh.Add("MeshGatewayRoute", "r", Route("", Rule("PREFIX", "/")));
  CHECK(View(mesh) == "80 HTTP: [* r>db]\n");
  mesh.Add("MeshGatewayRoute", "r", Route("", Rule("EXACT", "/a") + "," + Rule("PREFIX", "/a/")));
  CHECK(View(mesh) == "80 HTTP: [* r>db r>db]\n");
  mesh.Add("MeshGatewayRoute", "r", Route("", Rule("REGEX", "/a.*")));
  CHECK(View(mesh) == "80 HTTP: [* r>db]\n");
}

TEST_CASE("routes that name hosts leave the wildcard for them", "[gateway]") {
  TestMesh mesh = WithGateway(kHttp);
  mesh.Add("MeshGatewayRoute", "named", Route(R"("a.example")", Rule("EXACT", "/", "db")))
      .Add("MeshGatewayRoute", "plain", Route("", Rule("EXACT", "/", "web")));
  CHECK(View(mesh) == "80 HTTP: [* plain>web] [a.example named>db]\n");
  mesh.Add("MeshGatewayRoute", "wild", Route(R"("*.example")", Rule("EXACT", "/", "any")));
  CHECK(View(mesh) ==
        "80 HTTP: [* plain>web] [*.example wild>any] [a.example named>db wild>any]\n");
}

TEST_CASE("routes are for listeners whose tags they select, of their protocol", "[gateway]") {
  TestMesh mesh = WithGateway(kHttp + R"(,{"port":90,"protocol":"TCP"})");
  mesh.Add("MeshGatewayRoute", "http", Route("", Rule("EXACT", "/")))
      .Add("MeshGatewayRoute", "tcp", R"({"selectors":[{"match":{"kuma.io/service":"edge"}}],
          "conf":{"tcp":{"rules":[{"backends":[{"destination":{"kuma.io/service":"c"}}]}]}}})")
      .Add("MeshGatewayRoute", "other", R"({"selectors":[{"match":{"kuma.io/service":"x"}}],
          "conf":{"http":{"rules":[]}}})");
  CHECK(View(mesh) == "80 HTTP: [* http>db]\n90 TCP: [* tcp>c]\n");
}

TEST_CASE("each destination has the best policy of each type", "[gateway]") {
  TestMesh mesh = WithGateway(kHttp);
  mesh.Add("MeshGatewayRoute", "r", Route("", Rule("EXACT", "/")))
      .Add("Timeout", "any", R"({"sources":[{"match":{"kuma.io/service":"*"}}],
           "destinations":[{"match":{"kuma.io/service":"*"}}]})")
      .Add("Timeout", "db", R"({"sources":[{"match":{"kuma.io/service":"edge"}}],
           "destinations":[{"match":{"kuma.io/service":"db"}}]})")
      .Add("Retry", "not", R"({"sources":[{"match":{"kuma.io/service":"web"}}],
           "destinations":[{"match":{"kuma.io/service":"*"}}]})")
      .Add("TrafficLog", "log", R"({"sources":[{"match":{"kuma.io/service":"*"}}],
           "destinations":[{"match":{"kuma.io/service":"*"}}]})");
  const GatewayView view = ViewGateway(*mesh.Build(), Edge());
  const auto& policies = view.listeners.at(0).hosts.at(0).entries.at(0).forwards.at(0).policies;
  REQUIRE(policies.size() == 1);
  CHECK(policies[0].resource->key.name == "db");
  REQUIRE(view.policies.size() == 1);
  CHECK(view.policies[0].resource->key.name == "log");
}

TEST_CASE("a MeshGateway can be asked whom it selects", "[gateway]") {
  const auto mesh = WithGateway(kHttp).Build();
  CHECK(GatewaySelects(*mesh, "gw", Edge()));
  CHECK_FALSE(GatewaySelects(*mesh, "none", Edge()));
  CHECK_FALSE(GatewaySelects(*mesh, "gw", testing::Sidecar("web")));
}

}  // namespace
}  // namespace skyden::matching
