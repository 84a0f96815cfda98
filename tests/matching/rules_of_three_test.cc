// SPDX-License-Identifier: Apache-2.0
// What the rules of Kuma 3 make of policies, in the shapes of 3 and as a control plane of 2 left
// them.
#include <catch2/catch.hpp>
#include <string>

#include "skyden/matching/attachments.h"
#include "skyden/matching/difference.h"
#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::MakeItem;
using testing::ProxyOf;
using testing::Sidecar;
using testing::TestMesh;
using testing::TypeOf;

TestMesh MeshOfThree(const std::string& spec = "{}") { return TestMesh(spec, Rules::kThree); }

model::Labels Named(const std::string& name, const std::string& zone) {
  return {{"kuma.io/display-name", name}, {"kuma.io/origin", "zone"}, {"kuma.io/zone", zone}};
}

// A mesh with the service `backend` in two zones and an external one.
TestMesh MeshWithServices() {
  constexpr char kPorts[] =
      R"({"ports":[{"port":80,"name":"main","appProtocol":"http"},{"port":90}]})";
  return MeshOfThree()
      .Add("MeshService", "backend-1", kPorts, Named("backend", "west"))
      .Add("MeshService", "backend-2", kPorts, Named("backend", "east"))
      .Add("MeshService", "db-1", kPorts, Named("db", "west"))
      .Add("MeshExternalService", "ext", R"({"match":{"port":443,"protocol":"tls"}})",
           {{"kuma.io/display-name", "ext"}});
}

std::string TimeoutTo(const std::string& target) {
  return R"({"to":[{"targetRef":)" + target + R"(,"default":{"idleTimeout":"1s"}}]})";
}

// What destinations a policy with this target in `to` has rules for: "kri kri".
std::string Destinations(const std::string& target) {
  TestMesh mesh = MeshWithServices();
  mesh.Add("MeshTimeout", "p", TimeoutTo(target));
  const MatchedPolicies matched = mesh.Match("MeshTimeout", Sidecar("web"));
  CHECK(matched.to.empty());
  std::string all;
  for (const auto& [id, rule] : matched.to_resources) {
    all += (all.empty() ? "" : " ") + KriText(testing::Registry(), id);
  }
  return all;
}

TEST_CASE("in Kuma 3, what a target does not say by labels is not said", "[three][selection]") {
  const Proxy web = Sidecar("web", {{"app", "web"}});
  struct Case {
    const char* target;
    bool selects;
  };
  const Case cases[] = {
      {R"({"kind":"Mesh"})", true},
      {R"({"kind":"Mesh","proxyTypes":["Gateway"]})", true},
      {R"({"kind":"Dataplane"})", true},
      {R"({"kind":"Dataplane","labels":{}})", true},
      {R"({"kind":"Dataplane","labels":{"app":"web"}})", true},
      {R"({"kind":"Dataplane","labels":{"kuma.io/display-name":"web"}})", true},
      {R"({"kind":"Dataplane","labels":{"kuma.io/zone":"east"}})", true},
      {R"({"kind":"Dataplane","labels":{"app":"db"}})", false},
      {R"({"kind":"Dataplane","labels":{"version":"v1"}})", false},  // a tag, no label
      {R"({"kind":"Dataplane","name":"somebody-else"})", true},
      {R"({"kind":"MeshSubset","tags":{"version":"v1"}})", false},
      {R"({"kind":"MeshService","name":"web"})", false},
      {R"({"kind":"MeshGateway","name":"web"})", false},
  };
  for (const Case& c : cases) {
    INFO(c.target);
    TestMesh mesh = MeshOfThree();
    mesh.Add("MeshTimeout", "p",
             std::string(R"({"targetRef":)") + c.target +
                 R"(,"rules":[{"default":{"idleTimeout":"1s"}}]})");
    const MatchedPolicies matched = mesh.Match("MeshTimeout", web);
    CHECK(matched.policies.empty() == !c.selects);
    CHECK(matched.inbound.size() == (c.selects ? 2 : 0));
  }
}

TEST_CASE("in Kuma 3, a kind that is gone is a warning", "[three][selection]") {
  TestMesh mesh = MeshOfThree();
  mesh.Add("MeshTimeout", "gone", R"({"targetRef":{"kind":"MeshSubset","tags":{"a":"b"}}})");
  mesh.Add("MeshTimeout", "route",
           R"({"targetRef":{"kind":"MeshHTTPRoute","labels":{"a":"b","c":"d"}}})");
  CHECK(mesh.Match("MeshTimeout", Sidecar("web")).warnings ==
        std::vector<std::string>{
            "unable to resolve TargetRef on policy: mesh:demo name:gone "
            "error:\"unsupported targetRef kind 'MeshSubset'\"",
            "unable to resolve TargetRef on policy: mesh:demo name:route "
            "error:\"couldn't resolve MeshHTTPRoute targetRef with labels map[a:b c:d]\""});
}

TEST_CASE("in Kuma 3, a section narrows a target and counts more than none", "[three][selection]") {
  TestMesh mesh = MeshOfThree();
  const auto policy = [](const std::string& target, const std::string& conf) {
    return R"({"targetRef":)" + target + R"(,"rules":[{"default":)" + conf + "}]}";
  };
  mesh.Add("MeshTimeout", "a", policy(R"({"kind":"Dataplane"})", R"({"idleTimeout":"1s"})"));
  mesh.Add("MeshTimeout", "b",
           policy(R"({"kind":"Dataplane","sectionName":"main"})", R"({"idleTimeout":"2s"})"));
  mesh.Add("MeshTimeout", "c", policy(R"({"kind":"Mesh"})", R"({"idleTimeout":"3s"})"));
  CHECK(testing::TextOf(mesh.Match("MeshTimeout", Sidecar("web"))) ==
        "policies c a b\n"
        "inbound 10.0.0.1:8080  {\"idleTimeout\":\"3s\"} c[0]\n"
        "inbound 10.0.0.1:8080  {\"idleTimeout\":\"1s\"} a[0]\n"
        "inbound 10.0.0.1:8080  {\"idleTimeout\":\"2s\"} b[0]\n"
        "inbound 10.0.0.1:9090  {\"idleTimeout\":\"3s\"} c[0]\n"
        "inbound 10.0.0.1:9090  {\"idleTimeout\":\"1s\"} a[0]\n"
        "to\nproxy\n");
}

TEST_CASE("in Kuma 3, destinations are told by labels, and there may be several",
          "[three][resources]") {
  CHECK(Destinations(R"({"kind":"Mesh"})") == "kri_m____demo_");
  CHECK(Destinations(R"({"kind":"MeshService","labels":{"kuma.io/display-name":"backend"}})") ==
        "kri_msvc_demo_east__backend_ kri_msvc_demo_west__backend_");
  CHECK(Destinations(R"({"kind":"MeshService","labels":{"kuma.io/display-name":"backend",)"
                     R"("kuma.io/zone":"west"},"sectionName":"main"})") ==
        "kri_msvc_demo_west__backend_main");
  // A section is the name of a port; of one without, its number.
  CHECK(Destinations(R"({"kind":"MeshService","labels":{"kuma.io/zone":"west"},)"
                     R"("sectionName":"90"})") ==
        "kri_msvc_demo_west__backend_90 kri_msvc_demo_west__db_90");
  CHECK(Destinations(R"({"kind":"MeshService","labels":{"kuma.io/zone":"west"},)"
                     R"("sectionName":"80"})")
            .empty());
  CHECK(Destinations(R"({"kind":"MeshExternalService","labels":{}})") == "kri_extsvc_demo___ext_");
  // As 2.x wrote it.
  CHECK(Destinations(R"({"kind":"MeshExternalService","name":"ext"})").empty());
  CHECK(Destinations(R"({"kind":"MeshSubset","tags":{"version":"v1"}})").empty());
}

TEST_CASE("in Kuma 3, `from` is not there", "[three][inbound]") {
  constexpr char kBoth[] =
      R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"1s"}}],)"
      R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"2s"}}]})";
  TestMesh mesh = MeshOfThree();
  mesh.Add("MeshTimeout", "p", kBoth);
  const MatchedPolicies matched = mesh.Match("MeshTimeout", Sidecar("web"));
  CHECK(matched.from.empty());
  for (const auto& [at, rules] : matched.inbound) CHECK(rules.empty());
  CHECK(matched.to_resources.size() == 1);

  TestMesh of_two;
  of_two.Add("MeshTimeout", "p", kBoth);
  CHECK(of_two.Match("MeshTimeout", Sidecar("web")).from.size() == 2);
}

TEST_CASE("in Kuma 3, a mesh says nothing of services, and gateways are proxies", "[three]") {
  TestMesh mesh = MeshOfThree(R"({"meshServices":{"mode":"Disabled"}})");
  mesh.Add("MeshGateway", "edge",
           R"({"selectors":[{"match":{"kuma.io/service":"edge"}}],"conf":{"listeners":[
               {"port":80,"protocol":"HTTP"}]}})");
  mesh.Add("Timeout", "old",
           R"({"sources":[{"match":{"kuma.io/service":"*"}}],"destinations":[
               {"match":{"kuma.io/service":"*"}}],"conf":{"connectTimeout":"3s"}})");
  mesh.Add("MeshTimeout", "p", TimeoutTo(R"({"kind":"Mesh"})"));
  const auto model = mesh.Build();
  CHECK(model->has_exclusive_services());
  CHECK_FALSE(model->tells_by_tags());
  const Proxy edge = ProxyOf("edge",
                             R"({"networking":{"address":"10.0.0.9","gateway":{"type":"DELEGATED",
                                 "tags":{"kuma.io/service":"edge"}},"outbound":[
                                 {"port":1,"tags":{"kuma.io/service":"db"}}]}})");
  const auto attached = AttachmentsOf(*model, edge, nullptr);
  REQUIRE(attached.size() == 1);
  CHECK(attached[0].kind == "dataplane");
  CHECK(attached[0].policies.size() == 1);
  CHECK(ViewGateway(*model, edge).gateway == nullptr);
}

std::string Reachable(const std::string& networking) {
  std::string all;
  const Proxy proxy = ProxyOf("web", R"({"networking":{"address":"10.0.0.1",)" + networking + "}}",
                              Named("web", "east"));
  for (const ReachablePort& port : ReachablePorts(*MeshWithServices().Build(), proxy)) {
    all += (all.empty() ? "" : " ") + KriText(testing::Registry(), port.id);
  }
  return all;
}

TEST_CASE("in Kuma 3, what a proxy reaches by name is what bears the label", "[three][reachable]") {
  const auto outbound = [](const std::string& ref) {
    return R"("outbound":[{"port":1000,"backendRef":)" + ref + "}]";
  };
  // That of its own zone, if there are several.
  CHECK(Reachable(outbound(R"({"kind":"MeshService","name":"backend","port":80})")) ==
        "kri_msvc_demo_east__backend_main");
  // 2.x looks in the proxy's own zone alone.
  CHECK(Reachable(outbound(R"({"kind":"MeshService","name":"db","port":80})")) ==
        "kri_msvc_demo_west__db_main");
  CHECK(Reachable(outbound(R"({"kind":"MeshExternalService","name":"ext","port":1})")) ==
        "kri_extsvc_demo___ext_443");
  CHECK(Reachable(R"("transparentProxying":{"redirectPortInbound":1,"redirectPortOutbound":2,
                     "reachableBackends":{"refs":[]}})")
            .empty());
  CHECK(Reachable(R"("transparentProxying":{"redirectPortInbound":1,"redirectPortOutbound":2})")
            .starts_with("kri_extsvc_demo___ext_443 kri_msvc_demo_east__backend_90 "));
}

TEST_CASE("models of different rules share nothing, and all may differ", "[three][difference]") {
  const Item policy = MakeItem("MeshTimeout", "p", TimeoutTo(R"({"kind":"Mesh"})"));
  const auto two = TestMesh().Add(policy).Build();
  const auto three = MeshOfThree().Add(policy).Build(two.get());
  const ModelDifference difference(*two, *three);
  REQUIRE(difference.types().size() == 1);
  CHECK(difference.MayDiffer(TypeOf("MeshTimeout"), Sidecar("web")));
  // There is nothing older on either side.
  CHECK_FALSE(difference.older_may_differ());
}

}  // namespace
}  // namespace skyden::matching
