// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"
#include "resources/rules_json/text.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshGateway,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kTo = {Kind::kMesh, Kind::kMeshService, Kind::kMeshExternalService,
                       Kind::kMeshMultiZoneService};

void CheckConf(const Node& conf, Report& report) {
  CheckPositiveDuration(conf["interval"], report);
  CheckPositiveDuration(conf["timeout"], report);
  CheckPositiveSigned(conf["unhealthyThreshold"], report);
  CheckPositiveSigned(conf["healthyThreshold"], report);
  CheckPositiveDuration(conf["initialJitter"], report);
  CheckPositiveDuration(conf["intervalJitter"], report);
  CheckIntPercentage(conf["intervalJitterPercent"], report);
  CheckPercentage(conf["healthyPanicThreshold"], report);
  CheckPositiveDuration(conf["noTrafficInterval"], report);
  const Node log = conf["eventLogPath"];
  if (log && !IsFilePath(log.text())) report.Add(log, "must be a valid path when defined");
  const Node http = conf["http"];
  if (http.Has("path") && http["path"].text().empty()) report.Add(http["path"], kMustBeDefined);
  for (const Node& status : http["expectedStatuses"].Items()) CheckStatusCode(status, report);
  if (!http && !conf.Has("tcp") && !conf.Has("grpc")) {
    report.Add(conf, AtLeastOneOf({"http", "tcp", "grpc"}));
  }
}

void Check(const Node& spec, const Subject&, Report& report) {
  CheckTopTargetRef(spec, {.kinds = kTop, .gateway_listener_tags = true}, report);
  for (const Node& to : spec["to"].Items()) {
    CheckTargetRef(to["targetRef"], {.kinds = kTo}, report);
    CheckConf(to["default"], report);
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutTopKind(spec, warnings);
  for (const Node& to : spec["to"].Items()) {
    if (!to["default"].Has("healthyPanicThreshold")) continue;
    warnings.emplace_back(
        "healthyPanicThreshold for 'to[].default' is deprecated. The setting has been moved to "
        "MeshCircuitBreaker policy, please use MeshCircuitBreaker policy instead.");
  }
}

}  // namespace

extern const Rules kMeshHealthCheckRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
