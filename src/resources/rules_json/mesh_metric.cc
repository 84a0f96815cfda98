// SPDX-License-Identifier: Apache-2.0
#include "resources/go/regexp.h"
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshGateway,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kTopOfNamespace = {Kind::kMesh, Kind::kMeshSubset, Kind::kMeshService,
                                   Kind::kDataplane, Kind::kMeshServiceSubset};

void CheckSelectors(const Node& selectors, Report& report) {
  for (const Node& selector : selectors.Items()) {
    if (selector["type"].text() != "Regex") continue;
    if (!WhyNotGoRegexp(selector["match"].text()).empty()) {
      report.Add(selector["match"], "invalid regex");
    }
  }
}

void CheckBackend(const Node& backend, const Path& path, Report& report) {
  if (backend["type"].text() == "Prometheus") {
    const Node prometheus = backend["prometheus"];
    if (!prometheus) return report.Add(path.Field("prometheus"), kMustBeDefined);
    CheckPort(path.Field("port"), prometheus["port"].number(), report);
  } else {
    const Node telemetry = backend["openTelemetry"];
    if (!telemetry) return report.Add(path.Field("openTelemetry"), kMustBeDefined);
    CheckOpenTelemetry(telemetry.Named(path.Field("openTelemetry")), Endpoint::kHostAndPort,
                       report);
  }
}

void Check(const Node& spec, const Subject& subject, Report& report) {
  const bool system = subject.IsSystemPolicy();
  CheckTopTargetRef(
      spec, {.kinds = system ? kTop : kTopOfNamespace, .gateway_listener_tags = system}, report);
  const Node conf = spec["default"];
  const Node profiles = conf["sidecar"]["profiles"];
  CheckSelectors(profiles["exclude"], report);
  CheckSelectors(profiles["include"], report);
  // The public paths of lists end in the name of one element: applications.application[0].
  const Node applications = conf["applications"];
  for (size_t i = 0; i < applications.size(); ++i) {
    CheckPort(applications.path().Field("application").Index(i),
              applications.At(i)["port"].number(), report);
  }
  const Node backends = conf["backends"];
  for (size_t i = 0; i < backends.size(); ++i) {
    CheckBackend(backends.At(i), backends.path().Field("backend").Index(i), report);
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  if (UsesOpenTelemetryEndpoint(spec["default"]["backends"])) {
    warnings.emplace_back(kOpenTelemetryEndpointDeprecated);
  }
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshMetricRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
