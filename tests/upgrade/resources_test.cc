// SPDX-License-Identifier: Apache-2.0
// Meshes, proxies, services, names, and what is of a type that is gone.
#include <catch2/catch.hpp>
#include <string>

#include "tests/upgrade/testing.h"

namespace skyden::upgrade {
namespace {

using testing::kExclusive;
using testing::kExclusiveGoes;
using testing::Surveyed;

TEST_CASE("zones of a global of Kuma 3 run 2.14 at least", "[upgrade]") {
  testing::Check({{"before", Surveyed().ToldVersion("2.13.4"), "zone-version zone Zone/east \n"},
                  {"the oldest", Surveyed().ToldVersion("2.14.0"), ""},
                  {"of 3", Surveyed().ToldVersion("3.0.1"), ""},
                  {"no version", Surveyed().ToldVersion("unknown"), ""}});
}

TEST_CASE("what a mesh says beside its name goes", "[upgrade]") {
  testing::Check(
      {{"nothing", Surveyed(), ""},
       {"what people have to say elsewhere",
        Surveyed(R"({"mtls":{"enabledBackend":"ca","backends":[{"name":"ca","type":"builtin"}]},
            "logging":{"backends":[{"name":"l","type":"file"}]},
            "tracing":{"backends":[{"name":"t","type":"zipkin"}]},
            "metrics":{"backends":[{"name":"m","type":"prometheus"}]},
            "routing":{"localityAwareLoadBalancing":true,"zoneEgress":true,
                       "defaultForbidMeshExternalServiceAccess":true},
            "constraints":{"dataplaneProxy":{"requirements":[{"tags":{"a":"b"}}]}}})"),
        "mesh-mtls person Mesh/demo mtls\n"
        "mesh-logging person Mesh/demo logging\n"
        "mesh-tracing person Mesh/demo tracing\n"
        "mesh-metrics person Mesh/demo metrics\n"
        "mesh-locality person Mesh/demo routing.localityAwareLoadBalancing\n"
        "mesh-forbids-external person Mesh/demo routing.defaultForbidMeshExternalServiceAccess\n"
        "mesh-zone-egress person Mesh/demo routing.zoneEgress\n"
        "mesh-constraints person Mesh/demo constraints\n",
        "Mesh/demo {}\n"},
       {"what a policy says as well",
        Surveyed(R"({"networking":{"outbound":{"passthrough":false}}})"),
        "mesh-passthrough upgrade Mesh/demo networking.outbound.passthrough\n",
        R"(MeshPassthrough/mesh-passthrough-all-demo {"spec":{"targetRef":{"kind":"Mesh"},)"
        R"("default":{"passthroughMode":"None"}}})"
        "\nMesh/demo {}\n"},
       {"services by tags, where there is a proxy",
        Surveyed().AddProxy("web", {}, {{"kuma.io/service", "web"}}),
        "mesh-services person Mesh/demo meshServices.mode\n"}});
}

TEST_CASE("what goes of proxies is to be seen to in their zones", "[upgrade]") {
  testing::Check(
      {{"a proxy",
        Surveyed(kExclusive)
            .AddOfZone("Dataplane", "web",
                       R"({"networking":{"address":"10.0.0.1","advertisedAddress":"192.0.2.1",
                           "inbound":[{"port":80,"tags":{"kuma.io/service":"web",
                                                         "kuma.io/protocol":"http"}}],
                           "outbound":[{"port":1000,"tags":{"kuma.io/service":"db"}}],
                           "transparentProxying":{"reachableServices":["db"]}},
                           "probes":{"port":9000}})"),
        "outbound-tags zone Dataplane/web networking.outbound[0].tags\n"
        "inbound-protocol zone Dataplane/web networking.inbound[0].protocol\n"
        "reachable-services zone Dataplane/web networking.transparentProxying.reachableServices\n"
        "workload-label zone Dataplane/web labels\n"
        "dataplane-fields zone Dataplane/web networking.advertisedAddress\n"
        "dataplane-fields zone Dataplane/web probes\n",
        kExclusiveGoes},
       {"a built-in gateway",
        Surveyed(kExclusive)
            .AddOfZone("Dataplane", "edge",
                       R"({"networking":{"address":"10.0.0.1","gateway":{"type":"BUILTIN",
                           "tags":{"kuma.io/service":"edge"}}}})"),
        "builtin-gateway zone Dataplane/edge networking.gateway.type\n", kExclusiveGoes},
       {"zone proxies",
        Surveyed().AddOfZone("ZoneIngress", "in", "{}").AddOfZone("ZoneEgress", "out", "{}"),
        "zone-proxy zone ZoneEgress/out \nzone-proxy zone ZoneIngress/in \n"}});
}

TEST_CASE("resources of types that are gone need somebody", "[upgrade]") {
  testing::Check({{"a policy and a gateway",
                   Surveyed().Add("Timeout", "t", "{}").Add("MeshGateway", "g", "{}"),
                   "removed-policy person Timeout/t \nremoved-resource person MeshGateway/g \n"}});
}

TEST_CASE("services select by labels, and are known by SPIFFE ids", "[upgrade]") {
  testing::Check(
      {{"selectors",
        Surveyed(kExclusive)
            .AddProxy("web", {{"app", "web"}}, {{"app", "web"}})
            .Add("MeshService", "known", R"({"selector":{"dataplaneTags":{"app":"web"}}})")
            .Add("MeshService", "unknown", R"({"selector":{"dataplaneTags":{"version":"1"}}})")
            .AddOfZone("MeshService", "made", R"({"selector":{"dataplaneTags":{"app":"web"}}})",
                       {{"kuma.io/managed-by", "meshservice-generator"}}),
        "service-tags upgrade MeshService/known spec.selector.dataplaneTags\n"
        "service-tags person MeshService/unknown spec.selector.dataplaneTags\n",
        std::string(kExclusiveGoes) +
            R"(MeshService/known {"labels":{"kuma.io/display-name":"known"},"spec":{"selector":)"
            R"({"dataplaneLabels":{"matchLabels":{"app":"web"}}}}})"
            "\n"
            R"(MeshService/unknown {"labels":{"kuma.io/display-name":"unknown"},"spec":)"
            R"({"selector":{"dataplaneTags":{"version":"1"}}}})"
            "\n"},
       {"identities",
        Surveyed().Add("MeshService", "s",
                       R"({"identities":[{"type":"ServiceTag","value":"s"},)"
                       R"({"type":"SpiffeID","value":"spiffe://a/b"}]})"),
        "service-identities upgrade MeshService/s spec.identities\n",
        R"(MeshService/s {"labels":{"kuma.io/display-name":"s"},"spec":{"identities":[{"type":"SpiffeID","value":"spiffe://a/b"}]}})"
        "\n"}});
}

TEST_CASE("external services say what their certificates are", "[upgrade]") {
  testing::Check(
      {{"three of them",
        Surveyed().Add("MeshExternalService", "e",
                       R"({"tls":{"verification":{"caCert":{"inline":"aGVsbG8="},)"
                       R"("clientCert":{"secret":"cert"},)"
                       R"("clientKey":{"type":"File","file":{"path":"/key"}}}}})"),
        "external-tls upgrade MeshExternalService/e spec.tls.verification.caCert\n"
        "external-tls upgrade MeshExternalService/e spec.tls.verification.clientCert\n"
        "external-tls person MeshExternalService/e spec.tls.verification.clientKey\n",
        R"(MeshExternalService/e {"labels":{"kuma.io/display-name":"e"},"spec":{"tls":{"verification":{"caCert":)"
        R"({"type":"InsecureInline","insecureInline":{"value":"hello"}},"clientCert":)"
        R"({"type":"Secret","secretRef":{"kind":"Secret","name":"cert"}},)"
        R"("clientKey":{"type":"File","file":{"path":"/key"}}}}}})"
        "\n"},
       {"who may reach them",
        Surveyed(kExclusive)
            .AddProxy("web", {}, {})
            .Add("MeshExternalService", "e", "{}", {{"kuma.io/zone", "east"}}),
        "external-identity person MeshExternalService/e \n"
        "external-zone person MeshExternalService/e labels\n",
        std::string(kExclusiveGoes) +
            R"(MeshExternalService/e {"labels":{"kuma.io/display-name":"e",)"
            R"("kuma.io/zone":"east"},"spec":{}})"
            "\n"}});
}

TEST_CASE("names and labels", "[upgrade]") {
  testing::Check(
      {{"a name that is no label, of two types",
        Surveyed().Add("MeshService", "1web", "{}").Add("MeshTimeout", "1t", "{}"),
        "name person MeshService/1web name\n",
        R"(MeshService/1web {"labels":{"kuma.io/display-name":"1web"},"spec":{}})"
        "\n"},
       {"labels in Kuma's own name space",
        Surveyed().Add("MeshRetry", "r", "{}",
                       {{"kuma.io/display-name", "other"}, {"kuma.io/mine", "x"}, {"a", "b"}}),
        "own-label upgrade MeshRetry/r labels[\"kuma.io/display-name\"]\n"
        "own-label upgrade MeshRetry/r labels[\"kuma.io/mine\"]\n",
        R"(MeshRetry/r {"labels":{"a":"b"},"spec":{}})"
        "\n"}});
}

}  // namespace
}  // namespace skyden::upgrade
