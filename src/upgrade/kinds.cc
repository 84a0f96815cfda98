// SPDX-License-Identifier: Apache-2.0
#include "upgrade/kinds.h"

#include <algorithm>

#include "skyden/base/check.h"

namespace skyden::upgrade {
namespace {

constexpr std::string_view kControlPlane = "Control plane";
constexpr std::string_view kMesh = "Mesh object";
constexpr std::string_view kPolicies = "Policies";
constexpr std::string_view kRemoved = "Removed resources";
constexpr std::string_view kProxies = "Data plane & workloads";
constexpr std::string_view kOther = "Other";

constexpr std::string_view kMeshSettings = "Mesh object settings";
constexpr std::string_view kRelocated = "Relocated policy fields";
constexpr std::string_view kTopKind = "Top-level targetRef kind";
constexpr std::string_view kToKind = "`to` targetRef kind";
constexpr std::string_view kFrom = "Policy `from` field";

constexpr Kind kKinds[] = {
    {"zone-version", kControlPlane, "Control plane version", "zone runs a Kuma before 2.14",
     "A global of Kuma 3 serves zones from 2.14 on.", "Upgrade the zone to the newest 2.14.",
     Remedy::kZone},

    {"mesh-mtls", kMesh, kMeshSettings, "mTLS in the Mesh",
     "The field is dropped in silence: traffic becomes plaintext, and MeshTLS and "
     "MeshTrafficPermission stop to apply.",
     "Create a MeshIdentity and a MeshTrust (and for PERMISSIVE a MeshTLS with mode Permissive), "
     "let proxies take their identities, then remove `mtls` from the Mesh."},
    {"mesh-logging", kMesh, kMeshSettings, "logging in the Mesh",
     "The field is dropped in silence.", "Write a MeshAccessLog, then remove `logging`."},
    {"mesh-tracing", kMesh, kMeshSettings, "tracing in the Mesh",
     "The field is dropped in silence.", "Write a MeshTrace, then remove `tracing`."},
    {"mesh-metrics", kMesh, kMeshSettings, "metrics in the Mesh",
     "The field is dropped in silence.", "Write a MeshMetric, then remove `metrics`."},
    {"mesh-passthrough", kMesh, kMeshSettings, "passthrough in the Mesh",
     "The field is dropped in silence.", "A MeshPassthrough for the mesh says the same.",
     Remedy::kUpgrade},
    {"mesh-locality", kMesh, kMeshSettings, "locality aware load balancing in the Mesh",
     "The field is dropped in silence.",
     "Write a MeshLoadBalancingStrategy with localityAwareness, then remove "
     "`routing.localityAwareLoadBalancing`."},
    {"mesh-forbids-external", kMesh, kMeshSettings, "external services forbidden in the Mesh",
     "The field is dropped in silence: what was forbidden is allowed.",
     "Write a MeshTrafficPermission, then remove "
     "`routing.defaultForbidMeshExternalServiceAccess`."},
    {"mesh-zone-egress", kMesh, kMeshSettings, "zone egress in the Mesh",
     "The field is dropped in silence, and there is none like it.",
     "Remove `routing.zoneEgress` once nothing depends on it."},
    {"mesh-constraints", kMesh, kMeshSettings, "constraints in the Mesh",
     "The field is dropped in silence: any proxy may join.", "Remove `constraints`."},
    {"mesh-services", kMesh, "MeshService mode", "services are told by tags",
     "Services are resources only, and traffic by kuma.io/service ends.",
     "Set `meshServices.mode` to Exclusive and see that all works."},

    {"removed-policy", kPolicies, "Removed policies", "policy of a type that is gone",
     "The type is unknown.", "Write its successor and delete it."},
    {"from", kPolicies, kFrom, "`from` for all clients",
     "`from` is refused in what is written, and dropped in silence from what is stored.",
     "`rules` without matches say the same.", Remedy::kUpgrade},
    {"from-peers", kPolicies, kFrom, "`from` for some clients",
     "Clients are told by SPIFFE id or SNI; without matches a rule is for all of them.",
     "Write `rules` with matches in place of `from`."},
    {"permission-from", kPolicies, kFrom, "MeshTrafficPermission with `from`",
     "The policy has no effect, and what no rule allows is denied.",
     "Write `rules` that allow and deny SPIFFE ids; that needs a MeshIdentity."},
    {"two-lists", kPolicies, kFrom, "`rules` and `to` in one policy",
     "They may not stand together in one policy of this type.",
     "Two policies say the same: the second is called `<name>-outbound`.", Remedy::kUpgrade},
    {"gateways-only", kPolicies, "targetRef proxyTypes", "policy for gateways only",
     "Without `proxyTypes` it would select every proxy.", "It is deleted.", Remedy::kUpgrade},
    {"proxy-types", kPolicies, "targetRef proxyTypes", "`proxyTypes`",
     "The field is gone: gateways are proxies like others.", "It is left out.", Remedy::kUpgrade},
    {"target-by-name", kPolicies, kTopKind, "proxy by name",
     "The name is dropped in silence, and every proxy is selected.",
     "The label kuma.io/display-name says the same.", Remedy::kUpgrade},
    {"target-kind", kPolicies, kTopKind, "proxies told by something else than labels",
     "The kind is refused in what is written, and selects nothing in what is stored.",
     "Put labels on the Dataplanes that say the same, and select those with kind Dataplane."},
    {"to-by-name", kPolicies, kToKind, "destination by name",
     "The name is dropped in silence, and a reference without labels is refused.",
     "Labels say the same.", Remedy::kUpgrade},
    {"to-kind", kPolicies, kToKind, "destination of a kind that is gone",
     "The kind is refused in what is written, and matches nothing in what is stored.",
     "Split the service, so that each part is a MeshService."},
    {"backend-kind", kPolicies, kToKind, "backend of a kind that is gone",
     "The route loses the backend.", "Split the service, so that each part is a MeshService."},
    {"backend-nowhere", kPolicies, kToKind, "backend that is not there",
     "Requests are answered with 500, where they fell back to the service itself.",
     "Name a service and a port that exist, or remove the backend."},
    {"producer-by-name", kPolicies, kToKind, "producer's policy by name",
     "It becomes a workload owner's, and is not sent to other zones any more.",
     "Write labels in place of the name, in the zone.", Remedy::kZone},
    {"otel-endpoint", kPolicies, "OpenTelemetry endpoint", "OpenTelemetry endpoint in a policy",
     "The field is refused.",
     "A MeshOpenTelemetryBackend of its own, and a reference to it, say the same.",
     Remedy::kUpgrade},
    {"panic-threshold", kPolicies, kRelocated, "healthyPanicThreshold of a MeshHealthCheck",
     "The field is dropped in silence; Envoy's 50 % count.",
     "Say it in a MeshCircuitBreaker, `outlierDetection.healthyPanicThreshold`, which needs a "
     "detector; then remove it here."},
    {"hash-policies", kPolicies, kRelocated, "hash policies inside a load balancer",
     "They are dropped in silence, or refused.", "`default.hashPolicies` say the same.",
     Remedy::kUpgrade},
    {"route-hostnames", kPolicies, kRelocated, "hostnames of a route",
     "Only routes of built-in gateways had them; they are refused.",
     "Remove them, or delete the route."},
    {"trust-origin", kPolicies, kRelocated, "origin in the spec of a MeshTrust",
     "It is dropped; it stands in the status.", "It is left out.", Remedy::kUpgrade},

    {"removed-resource", kRemoved, "Removed resources", "resource of a type that is gone",
     "The type is unknown.", "Write its successor and delete it."},
    {"builtin-gateway", kProxies, "Gateway in Dataplane", "proxy of a built-in gateway",
     "The kind of proxy is unknown.", "Put a delegated gateway in its place.", Remedy::kZone},
    {"outbound-tags", kProxies, "Dataplane outbounds", "outbound by tags", "The outbound is lost.",
     "Write `backendRef` in place of `tags`, in the zone.", Remedy::kZone},
    {"inbound-protocol", kProxies, "Dataplane inbounds", "protocol as a tag",
     "Traffic is plain TCP, and policies on HTTP stop to apply.",
     "Write `inbound[].protocol`, in the zone.", Remedy::kZone},
    {"reachable-services", kProxies, "reachableServices", "reachableServices",
     "It is dropped in silence: the proxy reaches everything.",
     "Write `reachableBackends`, in the zone.", Remedy::kZone},
    {"workload-label", kProxies, "Workload grouping", "proxy without the label kuma.io/workload",
     "There is no MeshService for it.", "Label the Dataplane, in the zone.", Remedy::kZone},
    {"dataplane-fields", kProxies, "Dataplane fields", "fields of a Dataplane that are gone",
     "They are dropped in silence.",
     "Remove them, in the zone; MeshMetric stands in for `metrics`.", Remedy::kZone},
    {"service-tags", kProxies, "MeshService selector", "service that selects by tags",
     "It has no endpoints.", "Select with `dataplaneLabels`."},
    {"service-identities", kProxies, "MeshService identities", "identity by service tag",
     "The type of identity is refused.", "It is left out; identities are SPIFFE ids.",
     Remedy::kUpgrade},

    {"external-tls", kOther, "MeshExternalService", "certificates in the older form",
     "Stored services lose their destination, and new ones are refused.",
     "`type` with what it names says the same.", Remedy::kUpgrade},
    {"external-identity", kOther, "MeshExternalService", "external service without MeshIdentity",
     "Clients that have no identity are answered with 503.", "Create a MeshIdentity."},
    {"external-zone", kOther, "MeshExternalService", "external service of one zone",
     "The label kuma.io/zone has no effect: the service is reached from everywhere.",
     "Remove the label, or create the service in the zone."},
    {"zone-proxy", kOther, "Zone proxies", "zone proxy of its own type", "The type is unknown.",
     "Run it as a Dataplane with listeners, and create a MeshZoneAddress for each mesh.",
     Remedy::kZone},
    {"name", kOther, "Non-RFC-1035 names", "name that is no RFC 1035 label",
     "The next write is refused, and zones of Kuma 3 do not take it.",
     "There is no renaming: create it anew under another name and delete this one."},
    {"own-label", kOther, "Reserved labels", "label in Kuma's own name space",
     "It is overwritten or refused.", "It is left out.", Remedy::kUpgrade},
};

}  // namespace

std::span<const Kind> AllKinds() { return kKinds; }

const Kind* KindNamed(std::string_view id) {
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [id](const Kind& kind) { return kind.id == id; });
  SKYDEN_CHECK(found != std::end(kKinds));
  return found;
}

std::string_view NameOf(Remedy remedy) {
  switch (remedy) {
    case Remedy::kUpgrade:
      return "upgrade";
    case Remedy::kPerson:
      return "person";
    case Remedy::kZone:
      break;
  }
  return "zone";
}

}  // namespace skyden::upgrade
