// SPDX-License-Identifier: Apache-2.0
#include "skyden/matching/attachments.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::ProxyOf;
using testing::Registry;
using testing::TestMesh;
using testing::TypeOf;

constexpr char kWeb[] = R"({"networking":{"address":"10.0.0.1",
    "inbound":[{"port":80,"servicePort":8080,"tags":{"kuma.io/service":"web","v":"1"}}],
    "outbound":[{"port":10000,"tags":{"kuma.io/service":"db"}},
                {"port":10001,"backendRef":{"kind":"MeshService","name":"db","port":80}}]}})";

constexpr char kAnyToAny[] = R"({"sources":[{"match":{"kuma.io/service":"*"}}],
    "destinations":[{"match":{"kuma.io/service":"*"}}]})";

std::string Attached(const TestMesh& mesh, const model::TypeDescriptor* only = nullptr) {
  std::string text;
  for (const auto& part : AttachmentsOf(*mesh.Build(), ProxyOf("web-1", kWeb), only)) {
    text += part.kind + " " + part.name + " " + part.service + ":";
    for (const auto& policy : part.policies) {
      text += " " + policy.type->name + "/" + policy.resource->key.name;
    }
    text += "\n";
  }
  return text;
}

TEST_CASE("older policies are attached to inbounds, outbounds, services and the proxy",
          "[attachments]") {
  struct Case {
    const char* type;
    const char* attached;
  };
  const Case cases[] = {
      {"TrafficPermission", "inbound 10.0.0.1:80:8080 web: TrafficPermission/p\n"},
      {"FaultInjection", "inbound 10.0.0.1:80:8080 web: FaultInjection/p\n"},
      {"RateLimit",
       "inbound 10.0.0.1:80:8080 web: RateLimit/p\n"
       "outbound 127.0.0.1:10000 db: RateLimit/p\n"},
      {"Timeout", "outbound 127.0.0.1:10000 db: Timeout/p\n"},
      {"TrafficLog",
       "service db db: TrafficLog/p\nservice pass_through pass_through: "
       "TrafficLog/p\n"},
      {"HealthCheck", "service db db: HealthCheck/p\n"},
      {"CircuitBreaker", "service db db: CircuitBreaker/p\n"},
      {"Retry", "service db db: Retry/p\n"},
  };
  for (const Case& c : cases) {
    INFO(c.type);
    TestMesh mesh;
    mesh.Add(c.type, "p", kAnyToAny);
    CHECK(Attached(mesh) == c.attached);
    CHECK(Attached(mesh, &TypeOf(c.type)) == c.attached);
    CHECK(Attached(mesh, &TypeOf("MeshTimeout")) == "");
  }
  for (const char* type : {"TrafficTrace", "ProxyTemplate"}) {
    TestMesh mesh;
    mesh.Add(type, "p", R"({"selectors":[{"match":{"kuma.io/service":"web"}}]})");
    CHECK(Attached(mesh) == "dataplane  : " + std::string(type) + "/p\n");
  }
}

TEST_CASE("a route leads services elsewhere", "[attachments]") {
  TestMesh mesh;
  mesh.Add("TrafficRoute", "r", R"({"sources":[{"match":{"kuma.io/service":"*"}}],
      "destinations":[{"match":{"kuma.io/service":"db"}}],
      "conf":{"split":[{"weight":1,"destination":{"kuma.io/service":"db-v2"}},
                       {"weight":1,"destination":{"kuma.io/service":"*","v":"1"}}]}})")
      .Add("Retry", "p", kAnyToAny);
  CHECK(Attached(mesh) ==
        "outbound 127.0.0.1:10000 db: TrafficRoute/r\n"
        "service db db: Retry/p\nservice db-v2 db-v2: Retry/p\n");
}

TEST_CASE("targetRef policies are attached to the proxy", "[attachments]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "b", R"({"to":[]})")
      .Add("MeshTimeout", "a", R"({"to":[]})")
      .Add("MeshTrace", "t", R"({"default":{}})");
  CHECK(Attached(mesh) == "dataplane  : MeshTrace/t MeshTimeout/b MeshTimeout/a\n");
}

TEST_CASE("the port for metrics is an inbound too", "[attachments]") {
  TestMesh mesh(R"({"metrics":{"enabledBackend":"m","backends":[{"name":"m","type":"prometheus",
      "conf":{"port":5670,"tags":{"kuma.io/service":"metrics"}}}]}})");
  mesh.Add("TrafficPermission", "p", R"({"sources":[{"match":{"kuma.io/service":"*"}}],
      "destinations":[{"match":{"kuma.io/service":"metrics"}}]})");
  CHECK(Attached(mesh) == "inbound 10.0.0.1:5670:5670 : TrafficPermission/p\n");
}

TEST_CASE("rules are shown where they apply", "[attachments]") {
  TestMesh mesh;
  mesh.Add("MeshTimeout", "t",
           R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{"x":1}}],
               "to":[{"targetRef":{"kind":"MeshService","name":"db"},"default":{"x":2}}]})")
      .Add("MeshTrace", "tr", R"({"default":{"x":3}})");
  std::string text;
  for (const auto& rule : RuleAttachmentsOf(*mesh.Build(), ProxyOf("web-1", kWeb))) {
    text += rule.kind + " " + rule.name + " " + rule.service + " " + rule.type->name + " " +
            rule.rule.conf;
    for (const std::string& address : rule.addresses) text += " " + address;
    text += "\n";
  }
  // A cluster of more than the service's name is told by a hash of its tags.
  CHECK(text ==
        "SingleItem   MeshTrace {\"x\":3}\n"
        "DestinationSubset db db MeshTimeout {\"x\":2} 127.0.0.1:10000\n"
        "ClientSubset web-7c4f18b68e7e3cb1 web MeshTimeout {\"x\":1} 10.0.0.1:80\n");
}

TEST_CASE("an outbound's address is shown by the names that it has", "[attachments]") {
  TestMesh mesh;
  mesh.Add("MeshService", "db-1", R"({"ports":[{"port":80}]})", {},
           R"({"vips":[{"ip":"240.0.0.1"}],"addresses":[{"hostname":"db.mesh"}]})")
      .Add("MeshTimeout", "t", R"({"to":[{"targetRef":{"kind":"Mesh"},"default":{}}]})");
  const Proxy proxy = ProxyOf("p", R"({"networking":{"address":"10.0.0.1",
      "inbound":[{"port":80,"tags":{"kuma.io/service":"p"}}],
      "outbound":[{"address":"240.0.0.1","port":80,"tags":{"kuma.io/service":"db"}}]}})");
  const auto rules = RuleAttachmentsOf(*mesh.Build(), proxy);
  REQUIRE(rules.size() == 1);
  CHECK(rules[0].addresses == std::vector<std::string>{"db.mesh:80", "240.0.0.1:80"});
}

std::string Reachable(const TestMesh& mesh, const std::string& networking) {
  std::string text;
  const Proxy proxy = ProxyOf("p", R"({"networking":{"address":"10.0.0.1")" + networking + "}}",
                              {{"kuma.io/zone", "east"}});
  for (const ReachablePort& port : ReachablePorts(*mesh.Build(), proxy)) {
    text +=
        KriText(Registry(), port.id) + " " + std::to_string(port.port) + " " + port.protocol + "\n";
  }
  return text;
}

TEST_CASE("a proxy reaches all services unless it says which", "[attachments]") {
  // A reference without a port means the port without a name, and all only if each has one.
  TestMesh mesh;
  mesh.Add("MeshService", "db-1",
           R"({"ports":[{"port":80,"name":"main","appProtocol":"http"},{"port":90}]})",
           {{"kuma.io/display-name", "db"}, {"kuma.io/zone", "east"}, {"app", "db"}})
      .Add("MeshExternalService", "ext", R"({"match":{"port":443,"protocol":"tls"}})");
  const std::string main = "kri_msvc_demo_east__db_main 80 http\n";
  const std::string other = "kri_msvc_demo_east__db_90 90 \n";
  CHECK(Reachable(mesh, "") == "kri_extsvc_demo___ext_443 443 tls\n" + other + main);
  CHECK(Reachable(mesh, R"(,"outbound":[{"port":1,
      "backendRef":{"kind":"MeshService","name":"db","port":80}}])") == main);
  CHECK(Reachable(mesh, R"(,"transparentProxying":{"reachableBackends":{"refs":[
      {"kind":"MeshService","labels":{"app":"db"}}]}})") == other);
  CHECK(Reachable(mesh, R"(,"transparentProxying":{"reachableBackends":{"refs":[
      {"kind":"MeshService","labels":{"app":"no"}}]}})") == "");
  CHECK(Reachable(mesh, R"(,"transparentProxying":{"reachableBackends":{}})") == "");
  mesh.Add("MeshService", "db-1", R"({"ports":[{"port":80,"name":"a"},{"port":90,"name":"b"}]})",
           {{"app", "db"}});
  CHECK(Reachable(mesh, R"(,"transparentProxying":{"reachableBackends":{"refs":[
      {"kind":"MeshService","labels":{"app":"db"}}]}})") ==
        "kri_msvc_demo___db-1_a 80 \nkri_msvc_demo___db-1_b 90 \n");
}

}  // namespace
}  // namespace skyden::matching
