// SPDX-License-Identifier: Apache-2.0
// Which proxies each kind of targetRef selects.
#include <catch2/catch.hpp>
#include <string>

#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::MakeItem;
using testing::ProxyOf;
using testing::Sidecar;
using testing::TestMesh;
using testing::TypeOf;

constexpr char kDeny[] = R"(,"from":[{"targetRef":{"kind":"Mesh"},"default":{"action":"Deny"}}]})";

std::string Policy(const std::string& target) {
  return (target.empty() ? std::string("{\"x\":0") : "{\"targetRef\":" + target) + kDeny;
}

// The ports at which a policy with this target selects the proxy: "8080 9090".
std::string Ports(const std::string& target, const Proxy& proxy, const model::Labels& labels = {},
                  const TestMesh& others = TestMesh()) {
  TestMesh mesh = others;
  mesh.Add("MeshTrafficPermission", "p", Policy(target), labels);
  std::string ports;
  for (const auto& [at, rules] : mesh.Match("MeshTrafficPermission", proxy).from) {
    ports += (ports.empty() ? "" : " ") + std::to_string(at.port);
  }
  return ports;
}

bool SelectsProxy(const std::string& target, const Proxy& proxy, const model::Labels& labels = {},
                  const TestMesh& others = TestMesh()) {
  TestMesh mesh = others;
  mesh.Add("MeshTrafficPermission", "p", Policy(target), labels);
  return !mesh.Match("MeshTrafficPermission", proxy).policies.empty();
}

TEST_CASE("targets of sidecars select inbounds", "[selection]") {
  const Proxy web = Sidecar("web", {{"app", "web"}, {"team", "core"}});
  struct Case {
    const char* target;
    const char* ports;
  };
  const Case cases[] = {
      {"", "8080 9090"},
      {R"({"kind":"Mesh"})", "8080 9090"},
      {R"({"kind":"Mesh","proxyTypes":["Sidecar"]})", "8080 9090"},
      {R"({"kind":"Mesh","proxyTypes":["Gateway"]})", ""},
      {R"({"kind":"MeshSubset"})", "8080 9090"},
      {R"({"kind":"MeshSubset","tags":{"version":"v1"}})", "8080"},
      {R"({"kind":"MeshSubset","tags":{"version":"*"}})", "8080"},
      {R"({"kind":"MeshSubset","tags":{"version":"v2"}})", ""},
      {R"({"kind":"MeshSubset","tags":{"version":"v1"},"proxyTypes":["Gateway"]})", ""},
      {R"({"kind":"MeshService","name":"web"})", "8080"},
      {R"({"kind":"MeshService","name":"web-admin"})", "9090"},
      {R"({"kind":"MeshService","name":"db"})", ""},
      {R"({"kind":"MeshServiceSubset","name":"web","tags":{"version":"v1"}})", "8080"},
      {R"({"kind":"MeshServiceSubset","name":"web","tags":{"version":"v2"}})", ""},
      {R"({"kind":"MeshServiceSubset","name":"web-admin","tags":{"version":"v1"}})", ""},
      {R"({"kind":"Dataplane"})", "8080 9090"},
      {R"({"kind":"Dataplane","labels":{}})", "8080 9090"},
      {R"({"kind":"Dataplane","labels":{"app":"web"}})", "8080 9090"},
      {R"({"kind":"Dataplane","labels":{"app":"web","team":"core"}})", "8080 9090"},
      {R"({"kind":"Dataplane","labels":{"app":"db"}})", ""},
      {R"({"kind":"Dataplane","labels":{"no":"such"}})", ""},
      {R"({"kind":"Dataplane","labels":{"app":"web"},"sectionName":"main"})", "8080"},
      {R"({"kind":"Dataplane","labels":{"app":"web"},"sectionName":"9090"})", ""},
      {R"({"kind":"Dataplane","sectionName":"admin"})", "9090"},
      {R"({"kind":"Dataplane","name":"web"})", ""},  // a zone's: the global cannot name it
      {R"({"kind":"MeshGateway","name":"edge"})", ""},
      {R"({"kind":"MeshExternalService","name":"web"})", ""},
  };
  for (const Case& c : cases) {
    INFO(c.target);
    CHECK(Ports(c.target, web) == c.ports);
  }
}

TEST_CASE("a port without a name is called by its number", "[selection]") {
  const Proxy plain = ProxyOf("plain", R"({"networking":{"address":"10.0.0.1","inbound":[
      {"port":80,"tags":{"kuma.io/service":"plain"}}]}})");
  CHECK(Ports(R"({"kind":"Dataplane","sectionName":"80"})", plain) == "80");
  CHECK(Ports(R"({"kind":"Dataplane","sectionName":"http"})", plain) == "");
}

TEST_CASE("a zone's policy names proxies of its zone", "[selection]") {
  const Proxy web = Sidecar("web");
  const std::string by_name = R"({"kind":"Dataplane","name":"web"})";
  const model::Labels east = {{"kuma.io/origin", "zone"}, {"kuma.io/zone", "east"}};
  const model::Labels west = {{"kuma.io/origin", "zone"}, {"kuma.io/zone", "west"}};
  CHECK(Ports(by_name, web, east) == "8080 9090");
  CHECK(Ports(by_name, web, west) == "");
  CHECK(Ports(R"({"kind":"Mesh"})", web, east) == "8080 9090");
  CHECK(Ports(R"({"kind":"Mesh"})", web, west) == "");
  CHECK(Ports(R"({"kind":"Mesh"})", web, {{"kuma.io/origin", "zone"}}) == "8080 9090");
  // What a producer says is for the clients of other zones too.
  model::Labels producer = west;
  producer["kuma.io/policy-role"] = "producer";
  CHECK(Ports(R"({"kind":"Mesh"})", web, producer) == "8080 9090");
}

TEST_CASE("consumers' and workload owners' policies stay in their namespace", "[selection]") {
  const Proxy web = Sidecar("web", {{"k8s.kuma.io/namespace", "shop"}});
  for (const char* role : {"consumer", "workload-owner"}) {
    CHECK(Ports("", web, {{"kuma.io/policy-role", role}, {"k8s.kuma.io/namespace", "shop"}}) ==
          "8080 9090");
    CHECK(Ports("", web, {{"kuma.io/policy-role", role}, {"k8s.kuma.io/namespace", "other"}}) ==
          "");
    CHECK(Ports("", web, {{"kuma.io/policy-role", role}}) == "");
  }
  CHECK(Ports("", web, {{"kuma.io/policy-role", "system"}}) == "8080 9090");
}

TEST_CASE("zone listeners are selected as inbounds are", "[selection]") {
  const Proxy proxy = ProxyOf("zp", R"({"networking":{"address":"10.0.0.9","listeners":[
      {"type":"ZoneIngress","port":10001,"name":"in"},{"type":"ZoneEgress","port":10002}]}})");
  CHECK(Ports(R"({"kind":"Mesh"})", proxy) == "10001 10002");
  CHECK(Ports(R"({"kind":"Dataplane","sectionName":"in"})", proxy) == "10001");
  CHECK(Ports(R"({"kind":"Dataplane","sectionName":"10002"})", proxy) == "10002");
  CHECK(Ports(R"({"kind":"MeshSubset"})", proxy) == "");
}

TEST_CASE("a delegated gateway has no listeners, but is selected", "[selection]") {
  const Proxy gateway = ProxyOf("gw", R"({"networking":{"address":"10.0.0.1","gateway":{
      "tags":{"kuma.io/service":"gw"}}}})",
                                {{"app", "gw"}});
  CHECK(gateway.kind == Proxy::Kind::kDelegatedGateway);
  for (const char* target :
       {R"({"kind":"Mesh"})", R"({"kind":"Mesh","proxyTypes":["Gateway"]})",
        R"({"kind":"MeshService","name":"gw"})", R"({"kind":"Dataplane","labels":{"app":"gw"}})",
        R"({"kind":"MeshSubset","tags":{"kuma.io/service":"gw"}})"}) {
    INFO(target);
    CHECK(SelectsProxy(target, gateway));
    CHECK(Ports(target, gateway) == "");
  }
  CHECK_FALSE(SelectsProxy(R"({"kind":"Mesh","proxyTypes":["Sidecar"]})", gateway));
  CHECK_FALSE(SelectsProxy(R"({"kind":"MeshService","name":"other"})", gateway));
}

TestMesh WithGateway() {
  TestMesh mesh;
  mesh.Add("MeshGateway", "edge", R"({"selectors":[{"match":{"kuma.io/service":"edge-gw"}}],
      "tags":{"tier":"front"},"conf":{"listeners":[
      {"port":8080,"protocol":"HTTP","tags":{"port":"http"}},
      {"port":8080,"protocol":"HTTP","hostname":"a.example","tags":{"port":"http"}},
      {"port":8443,"protocol":"HTTPS","tags":{"port":"https"}}]}})");
  return mesh;
}

TEST_CASE("targets of built-in gateways select listeners", "[selection]") {
  const Proxy gateway = ProxyOf("edge-1", R"({"networking":{"address":"10.0.0.1","gateway":{
      "type":"BUILTIN","tags":{"kuma.io/service":"edge-gw"}}}})",
                                {{"app", "edge"}});
  struct Case {
    const char* target;
    const char* ports;
  };
  const Case cases[] = {
      {R"({"kind":"Mesh"})", "8080 8443"},
      {R"({"kind":"Mesh","proxyTypes":["Gateway"]})", "8080 8443"},
      {R"({"kind":"Mesh","proxyTypes":["Sidecar"]})", ""},
      {R"({"kind":"MeshGateway","name":"edge"})", "8080 8443"},
      {R"({"kind":"MeshGateway","name":"edge","tags":{"port":"https"}})", "8443"},
      {R"({"kind":"MeshGateway","name":"other"})", ""},
      {R"({"kind":"MeshService","name":"edge-gw"})", "8080 8443"},
      {R"({"kind":"MeshSubset","tags":{"tier":"front"}})", "8080 8443"},
      {R"({"kind":"MeshSubset","tags":{"port":"http"}})", "8080"},
      {R"({"kind":"Dataplane"})", ""},
      {R"({"kind":"Dataplane","labels":{"app":"edge"}})", ""},
  };
  for (const Case& c : cases) {
    INFO(c.target);
    CHECK(Ports(c.target, gateway, {}, WithGateway()) == c.ports);
  }
}

TEST_CASE("a policy on a route is for the proxies that the route is for", "[selection]") {
  TestMesh mesh;
  mesh.Add("MeshHTTPRoute", "r", R"({"targetRef":{"kind":"MeshService","name":"web"},"to":[]})");
  const std::string on_route = R"({"kind":"MeshHTTPRoute","name":"r"})";
  CHECK(Ports(on_route, Sidecar("web"), {}, mesh) == "8080");
  CHECK(Ports(on_route, Sidecar("db"), {}, mesh) == "");
}

TEST_CASE("a target that cannot be resolved is told of", "[selection]") {
  TestMesh mesh;
  mesh.Add("MeshTrafficPermission", "p", Policy(R"({"kind":"MeshHTTPRoute","name":"no"})"));
  mesh.Add("MeshTrafficPermission", "q", Policy(R"({"kind":"Nonsense"})"));
  const auto warnings = mesh.Match("MeshTrafficPermission", Sidecar("web")).warnings;
  CHECK(warnings ==
        std::vector<std::string>{
            "unable to resolve TargetRef on policy: mesh:demo name:p error:\"couldn't resolve "
            "MeshHTTPRoute targetRef with name 'no'\"",
            "unable to resolve TargetRef on policy: mesh:demo name:q error:\"unsupported targetRef "
            "kind 'Nonsense'\""});
}

TEST_CASE("a shadow policy is looked at but not applied", "[selection]") {
  TestMesh mesh;
  mesh.Add("MeshTrafficPermission", "p", Policy(""), {{"kuma.io/effect", "shadow"}});
  const Proxy web = Sidecar("web");
  CHECK(mesh.Match("MeshTrafficPermission", web).policies.empty());
  CHECK(PoliciesFor(*mesh.Build(), TypeOf("MeshTrafficPermission"), web).empty());
  CHECK_FALSE(PolicyApplies(*mesh.Build(), TypeOf("MeshTrafficPermission"), "p", web));
  CHECK(PolicySelects(*mesh.Build(), TypeOf("MeshTrafficPermission"), "p", web));
}

TEST_CASE("of one policy alone it can be told whom it selects", "[selection]") {
  TestMesh mesh;
  mesh.Add("MeshTrafficPermission", "p", Policy(R"({"kind":"MeshService","name":"web"})"))
      .Add("Timeout", "t", R"({"sources":[{"match":{"kuma.io/service":"web"}}],
           "destinations":[{"match":{"kuma.io/service":"db"}}]})")
      .Add("TrafficTrace", "tr", R"({"selectors":[{"match":{"kuma.io/service":"*"}}]})");
  const auto model = mesh.Build();
  const auto selects = [&](std::string_view type, std::string_view name, const std::string& who) {
    return PolicySelects(*model, TypeOf(type), name, Sidecar(who));
  };
  CHECK(selects("MeshTrafficPermission", "p", "web"));
  CHECK(PolicyApplies(*model, TypeOf("MeshTrafficPermission"), "p", Sidecar("web")));
  CHECK_FALSE(PolicyApplies(*model, TypeOf("MeshTrafficPermission"), "p", Sidecar("db")));
  CHECK_FALSE(PolicyApplies(*model, TypeOf("Timeout"), "t", Sidecar("web")));
  CHECK_FALSE(selects("MeshTrafficPermission", "p", "db"));
  CHECK_FALSE(selects("MeshTrafficPermission", "none", "web"));
  CHECK(selects("Timeout", "t", "web"));
  CHECK(selects("Timeout", "t", "db"));
  CHECK_FALSE(selects("Timeout", "t", "cache"));
  CHECK(selects("TrafficTrace", "tr", "cache"));
}

}  // namespace
}  // namespace skyden::matching
