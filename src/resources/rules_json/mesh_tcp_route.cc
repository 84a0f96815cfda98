// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshGateway,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kTopOfNamespace = {Kind::kMesh, Kind::kMeshSubset, Kind::kMeshService,
                                   Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kToBehindGateway = {Kind::kMesh};
constexpr Kinds kTo = {Kind::kMeshService, Kind::kMeshExternalService, Kind::kMeshMultiZoneService};
constexpr Kinds kBackends = {Kind::kMeshService, Kind::kMeshServiceSubset,
                             Kind::kMeshExternalService, Kind::kMeshMultiZoneService};

void Check(const Node& spec, const Subject& subject, Report& report) {
  const bool system = subject.IsSystemPolicy();
  CheckTopTargetRef(
      spec, {.kinds = system ? kTop : kTopOfNamespace, .gateway_listener_tags = system}, report);
  const bool gateway = TopKind(spec) == Kind::kMeshGateway;
  for (const Node& to : spec["to"].Items()) {
    CheckTargetRef(to["targetRef"], {.kinds = gateway ? kToBehindGateway : kTo}, report);
    for (const Node& rule : to["rules"].Items()) {
      const Node backends = rule["default"]["backendRefs"];
      if (backends.size() == 0) report.Add(backends, kMustBeDefined);
      for (const Node& backend : backends.Items()) {
        CheckBackendRef(backend, {.kinds = kBackends}, report);
      }
    }
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshTCPRouteRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
