// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "resources/rules_json/checks.h"
#include "resources/rules_json/lists.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,         Kind::kMeshSubset,  Kind::kDataplane,
                        Kind::kMeshGateway,  Kind::kMeshService, Kind::kMeshServiceSubset,
                        Kind::kMeshHTTPRoute};
constexpr Kinds kTopOfNamespace = {Kind::kMesh, Kind::kDataplane, Kind::kMeshSubset,
                                   Kind::kMeshService, Kind::kMeshServiceSubset};
constexpr Kinds kMeshOnly = {Kind::kMesh};
constexpr Kinds kToBehindGateway = {Kind::kMesh, Kind::kMeshExternalService};
constexpr Kinds kTo = {Kind::kMesh, Kind::kMeshService, Kind::kMeshExternalService,
                       Kind::kMeshMultiZoneService, Kind::kMeshHTTPRoute};

constexpr model::ByVersion<ListWords> kWords = {
    {{{"fields 'to' and 'from' must be empty when 'rules' is defined",
       "at least one of 'from', 'to' or 'rules' has to be defined"},
      {"fields 'to' must be empty when 'rules' is defined",
       "at least one of 'to' or 'rules' has to be defined"}}}};

void RefuseGiven(const Node& parent, std::initializer_list<std::string_view> members,
                 std::string_view reason, Report& report) {
  for (const std::string_view member : members) {
    if (parent.Has(member)) report.Add(parent[member], std::string(reason));
  }
}

void CheckHttp(const Node& http, Report& report) {
  if (!http) return;
  if (!http.Has("requestTimeout") && !http.Has("streamIdleTimeout") &&
      !http.Has("maxStreamDuration") && !http.Has("maxConnectionDuration")) {
    report.Add(http, "at least one timeout in this section should be configured");
  }
  for (const std::string_view member : {"requestTimeout", "streamIdleTimeout", "maxStreamDuration",
                                        "maxConnectionDuration", "requestHeadersTimeout"}) {
    CheckDurationNotNegative(http[member], report);
  }
}

void CheckConf(const Node& conf, Kind top, Report& report) {
  const Node http = conf["http"];
  if (!conf.Has("connectionTimeout") && !conf.Has("idleTimeout") && !http) {
    return report.Add(conf, "at least one timeout should be configured");
  }
  if (top == Kind::kMeshHTTPRoute) {
    constexpr std::string_view kReason =
        "can't be specified when top-level TargetRef is referencing MeshHTTPRoute";
    RefuseGiven(conf, {"connectionTimeout", "idleTimeout"}, kReason, report);
    RefuseGiven(http, {"maxStreamDuration", "maxConnectionDuration"}, kReason, report);
  }
  CheckPositiveDuration(conf["connectionTimeout"], report);
  CheckDurationNotNegative(conf["idleTimeout"], report);
  CheckHttp(http, report);
}

void CheckFrom(const Node& spec, Kind top, Report& report) {
  const Node from = spec["from"];
  if (top == Kind::kMeshHTTPRoute || top == Kind::kMeshGateway) {
    if (from.size() > 0) report.Add(from, kMustNotBeDefined);
    return;
  }
  for (const Node& item : from.Items()) {
    CheckTargetRef(item["targetRef"], {.kinds = kMeshOnly}, report);
    CheckConf(item["default"], top, report);
  }
}

void CheckRules(const Node& spec, Kind top, Report& report) {
  for (const Node& rule : spec["rules"].Items()) {
    const Node conf = rule["default"];
    if (CheckRuleMatches(rule, report)) {
      constexpr std::string_view kReason =
          "can't be specified when matches contain spiffeID because this field cannot be "
          "conditioned on source identity";
      RefuseGiven(conf, {"connectionTimeout", "idleTimeout"}, kReason, report);
      RefuseGiven(conf["http"],
                  {"requestHeadersTimeout", "maxStreamDuration", "maxConnectionDuration"}, kReason,
                  report);
    }
    CheckConf(conf, top, report);
  }
}

void Check(const Node& spec, const Subject& subject, Report& report) {
  const bool system = subject.IsSystemPolicy();
  CheckTopTargetRef(spec,
                    {.kinds = system ? kTop : kTopOfNamespace,
                     .gateway_listener_tags = system,
                     .inbound = AffectsInbounds(spec)},
                    report);
  CheckLists(spec, kWords, report);
  const Kind top = TopKind(spec);
  CheckFrom(spec, top, report);
  const bool gateway = top == Kind::kMeshHTTPRoute || top == Kind::kMeshGateway;
  for (const Node& item : spec["to"].Items()) {
    CheckTargetRef(item["targetRef"], {.kinds = gateway ? kToBehindGateway : kTo}, report);
    CheckConf(item["default"], top, report);
  }
  CheckRules(spec, top, report);
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutFrom(spec, kUseRules, warnings);
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshTimeoutRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
