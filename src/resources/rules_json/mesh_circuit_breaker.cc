// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshService,
                        Kind::kMeshGateway, Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kFrom = {Kind::kMesh};
constexpr Kinds kTo = {Kind::kMesh, Kind::kMeshService, Kind::kMeshExternalService,
                       Kind::kMeshMultiZoneService};

constexpr model::ByVersion<const char*> kNothing = {
    {"at least one of 'from', 'to' or 'rules' has to be defined",
     "at least one of 'to' or 'rules' has to be defined"}};

void CheckSuccessRate(const Node& detector, Report& report) {
  CheckPositive(detector["minimumHosts"], report);
  CheckPositive(detector["requestVolume"], report);
  const Node factor = detector["standardDeviationFactor"];
  if (!factor) return;
  const std::optional<double> value = factor.decimal();
  if (!value) {
    report.Add(factor, "invalid number");
  } else if (*value <= 0) {
    report.Add(factor, "must be greater than 0");
  }
}

void CheckDetectors(const Node& detectors, Report& report) {
  if (!detectors) return report.Add(detectors, kMustBeDefined);
  if (!detectors.Has("totalFailures") && !detectors.Has("gatewayFailures") &&
      !detectors.Has("localOriginFailures") && !detectors.Has("successRate") &&
      !detectors.Has("failurePercentage")) {
    return report.Add(detectors,
                      AtLeastOneOf({"totalFailures", "gatewayFailures", "localOriginFailures",
                                    "successRate", "failurePercentage"}));
  }
  for (const std::string_view kind : {"totalFailures", "gatewayFailures", "localOriginFailures"}) {
    CheckPositive(detectors[kind]["consecutive"], report);
  }
  CheckSuccessRate(detectors["successRate"], report);
  const Node percentage = detectors["failurePercentage"];
  CheckPositive(percentage["minimumHosts"], report);
  CheckPositive(percentage["requestVolume"], report);
  CheckIntPercentage(percentage["threshold"], report);
}

void CheckConf(const Node& conf, Report& report) {
  const Node limits = conf["connectionLimits"];
  const Node outliers = conf["outlierDetection"];
  if (!limits && !outliers) {
    return report.Add(
        conf, "at least one of: 'connectionLimits' or 'outlierDetection' should be configured");
  }
  for (const std::string_view limit : {"maxConnections", "maxConnectionPools", "maxPendingRequests",
                                       "maxRetries", "maxRequests"}) {
    CheckPositive(limits[limit], report);
  }
  if (!outliers) return;
  CheckPositiveDuration(outliers["interval"], report);
  CheckPositiveDuration(outliers["baseEjectionTime"], report);
  CheckIntPercentage(outliers["maxEjectionPercent"], report);
  CheckPercentage(outliers["healthyPanicThreshold"], report);
  CheckDetectors(outliers["detectors"], report);
}

void Check(const Node& spec, const Subject&, Report& report) {
  CheckTopTargetRef(
      spec, {.kinds = kTop, .gateway_listener_tags = true, .inbound = AffectsInbounds(spec)},
      report);
  const bool has_rules = spec["rules"].size() > 0;
  const bool has_others = spec["to"].size() > 0 || spec["from"].size() > 0;
  if (!has_rules && !has_others) {
    report.Add(spec, kNothing[report.version()]);
  }
  // Kuma 2.14 refuses `to` beside `rules` as well, Kuma 3 takes it. Zones of either get it: those
  // of 2.x as two policies (FormsFor).
  if (has_rules && spec["from"].size() > 0) {
    report.Add(spec, "fields 'to' and 'from' must be empty when 'rules' is defined");
  }
  const std::vector<Node> rules = spec["rules"].Items();
  for (size_t i = 0; i < rules.size(); ++i) {
    // Rules are blamed under `from`.
    CheckConf(rules[i]["default"].Named(spec.path().Field("from").Index(i).Field("default")),
              report);
  }
  for (const Node& from : spec["from"].Items()) {
    CheckTargetRef(from["targetRef"], {.kinds = kFrom}, report);
    CheckConf(from["default"], report);
  }
  for (const Node& to : spec["to"].Items()) {
    CheckTargetRef(to["targetRef"], {.kinds = kTo}, report);
    CheckConf(to["default"], report);
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutFrom(spec, kUseRules, warnings);
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshCircuitBreakerRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
