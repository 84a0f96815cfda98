// SPDX-License-Identifier: Apache-2.0
// Whom policies select and whom they are about: what is told of it, who sees to it, and what the
// upgrade would write.
#include <catch2/catch.hpp>
#include <string>

#include "tests/upgrade/testing.h"

namespace skyden::upgrade {
namespace {

using testing::Case;
using testing::kExclusive;
using testing::kExclusiveGoes;
using testing::Surveyed;

constexpr char kToMesh[] = R"("to":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"1s"}}])";
constexpr char kFromMesh[] =
    R"("from":[{"targetRef":{"kind":"Mesh"},"default":{"idleTimeout":"2s"}}])";

// A MeshTimeout `t` of these members.
Surveyed Timeout(const std::string& members) {
  return Surveyed().Add("MeshTimeout", "t", "{" + members + "}");
}
std::string Written(const std::string& members) {
  return R"(MeshTimeout/t {"spec":{)" + members + "}}\n";
}
std::string Target(const std::string& target) { return R"("targetRef":)" + target + ","; }

TEST_CASE("`from` becomes `rules` where it is for everybody", "[upgrade]") {
  testing::Check(
      {{"for all clients", Timeout(kFromMesh), "from upgrade MeshTimeout/t spec.from\n",
        Written(R"("rules":[{"default":{"idleTimeout":"2s"}}])")},
       {"beside `to`", Timeout(std::string(kFromMesh) + "," + kToMesh),
        "from upgrade MeshTimeout/t spec.from\ntwo-lists upgrade MeshTimeout/t spec.to\n",
        Written(R"("rules":[{"default":{"idleTimeout":"2s"}}])") +
            R"(MeshTimeout/t-outbound {"spec":{)" + kToMesh + "}}\n"},
       {"for some clients",
        Timeout(R"("from":[{"targetRef":{"kind":"MeshSubset","tags":{"a":"b"}},"default":{}}])"),
        "from-peers person MeshTimeout/t spec.from[0].targetRef\n", Written("")},
       {"of permissions",
        Surveyed().Add("MeshTrafficPermission", "p",
                       R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{"action":"Allow"}}]})"),
        "permission-from person MeshTrafficPermission/p spec.from\n",
        "MeshTrafficPermission/p {\"spec\":{}}\n"},
       {"several of faults, which are one together",
        Surveyed().Add("MeshFaultInjection", "f",
                       R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{}},)"
                       R"({"targetRef":{"kind":"Mesh"},"default":{}}]})"),
        "from person MeshFaultInjection/f spec.from\n", "MeshFaultInjection/f {\"spec\":{}}\n"},
       {"of rates, for which all proxies must be selected",
        Surveyed().Add("MeshRateLimit", "r",
                       R"({"from":[{"targetRef":{"kind":"Mesh"},"default":{"local":{}}}]})"),
        "from upgrade MeshRateLimit/r spec.from\n",
        R"(MeshRateLimit/r {"spec":{"rules":[{"default":{"local":{}}}],)"
        R"("targetRef":{"kind":"Dataplane"}}})"
        "\n"}});
}

TEST_CASE("kinds of proxies go", "[upgrade]") {
  testing::Check(
      {{"gateways only", Timeout(Target(R"({"kind":"Mesh","proxyTypes":["Gateway"]})") + kToMesh),
        "gateways-only upgrade MeshTimeout/t spec.targetRef.proxyTypes\n", "MeshTimeout/t -\n"},
       {"sidecars", Timeout(Target(R"({"kind":"Mesh","proxyTypes":["Sidecar"]})") + kToMesh),
        "proxy-types upgrade MeshTimeout/t spec.targetRef.proxyTypes\n",
        Written(Target(R"({"kind":"Mesh"})") + kToMesh)}});
}

TEST_CASE("proxies are told by labels", "[upgrade]") {
  const auto mesh = [](const std::string& target) {
    return Surveyed(kExclusive)
        .AddProxy("web", {{"team", "core"}}, {{"kuma.io/service", "web"}, {"team", "core"}})
        .AddProxy("db", {}, {{"kuma.io/service", "db"}, {"team", "data"}})
        .Add("MeshTimeout", "t", "{" + Target(target) + kToMesh + "}");
  };
  const auto written = [](const std::string& labels) {
    return kExclusiveGoes +
           Written(Target(R"({"kind":"Dataplane","labels":)" + labels + "}") + kToMesh);
  };
  constexpr char kRewritten[] = "target-kind upgrade MeshTimeout/t spec.targetRef.kind\n";
  constexpr char kLeft[] = "target-kind person MeshTimeout/t spec.targetRef.kind\n";
  testing::Check(
      {{"a name", Timeout(Target(R"({"kind":"Dataplane","name":"web"})") + kToMesh),
        "target-by-name upgrade MeshTimeout/t spec.targetRef.name\n",
        Written(Target(R"({"kind":"Dataplane","labels":{"kuma.io/display-name":"web"}})") +
                kToMesh)},
       {"tags that labels say as well", mesh(R"({"kind":"MeshSubset","tags":{"team":"core"}})"),
        kRewritten, written(R"({"team":"core"})")},
       {"tags that no label says", mesh(R"({"kind":"MeshSubset","tags":{"team":"data"}})"), kLeft,
        kExclusiveGoes},
       {"a service that the label of the workload says",
        mesh(R"({"kind":"MeshService","name":"web"})"), kRewritten,
        written(R"({"kuma.io/workload":"web"})")},
       {"a service that nobody is of", mesh(R"({"kind":"MeshService","name":"cache"})"), kLeft,
        kExclusiveGoes},
       {"a gateway", mesh(R"({"kind":"MeshGateway","name":"edge"})"), kLeft, kExclusiveGoes}});
}

TEST_CASE("destinations are told by labels", "[upgrade]") {
  const auto to = [](const std::string& target) {
    return R"("to":[{"targetRef":)" + target + R"(,"default":{}}])";
  };
  constexpr char kNamed[] = R"({"kind":"MeshService","name":"web"})";
  testing::Check(
      {{"a name", Timeout(to(kNamed)),
        "to-by-name upgrade MeshTimeout/t spec.to[0].targetRef.name\n",
        Written(to(R"({"kind":"MeshService","labels":{"kuma.io/display-name":"web"}})"))},
       {"an older name", Timeout(to(R"({"kind":"MeshService","name":"web_shop_svc_80"})")),
        "to-by-name upgrade MeshTimeout/t spec.to[0].targetRef.name\n",
        Written(to(R"({"kind":"MeshService","labels":{"kuma.io/display-name":"web",)"
                   R"("k8s.kuma.io/namespace":"shop"},"sectionName":"80"})"))},
       {"tags", Timeout(to(R"({"kind":"MeshSubset","tags":{"a":"b"}})")),
        "to-kind person MeshTimeout/t spec.to[0].targetRef.kind\n"},
       {"a producer's name",
        Surveyed().AddOfZone("MeshTimeout", "t", "{" + to(kNamed) + "}",
                             {{"kuma.io/policy-role", "producer"}}),
        "producer-by-name zone MeshTimeout/t spec.to[0].targetRef.name\n"}});
}

}  // namespace
}  // namespace skyden::upgrade
