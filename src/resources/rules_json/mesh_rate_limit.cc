// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "resources/rules_json/checks.h"
#include "resources/rules_json/from_and_to.h"
#include "resources/rules_json/lists.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh,        Kind::kMeshSubset,        Kind::kMeshGateway,
                        Kind::kMeshService, Kind::kMeshServiceSubset, Kind::kMeshHTTPRoute,
                        Kind::kDataplane};
constexpr Kinds kTopOfNamespace = {Kind::kMesh, Kind::kMeshSubset, Kind::kMeshService,
                                   Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kMeshOnly = {Kind::kMesh};

constexpr model::ByVersion<ListWords> kWords = {
    {{{"fields 'to' and 'from' must be empty when 'rules' is defined", nullptr},
      {"field 'to' must be empty when 'rules' is defined",
       "at least one of 'to' or 'rules' has to be defined"}}}};

void CheckRate(const Node& rate, Report& report) {
  if (!rate) return;
  if (rate["num"].number() <= 0) report.Add(rate["num"], "must be greater than 0");
  if (rate["interval"].duration() <= absl::Milliseconds(50)) {
    report.Add(rate["interval"], "must be greater than: 50ms");
  }
}

void CheckConf(const Node& conf, Report& report) {
  const Node local = conf["local"];
  if (!local) return report.Add(local, kMustBeDefined);
  const Node http = local["http"];
  const Node tcp = local["tcp"];
  if (!http && !tcp) report.Add(local, AtLeastOneOf({"tcp", "http"}));
  if (http) {
    if (!http.Has("disabled") && !http.Has("requestRate") && !http.Has("onRateLimit")) {
      report.Add(http, AtLeastOneOf({"disabled", "requestRate", "onRateLimit"}));
    }
    CheckRate(http["requestRate"], report);
    CheckPositive(http["onRateLimit"]["status"], report);
  }
  if (tcp) {
    if (!tcp.Has("disabled") && !tcp.Has("connectionRate")) {
      report.Add(tcp, AtLeastOneOf({"disabled", "connectionRate"}));
    }
    CheckRate(tcp["connectionRate"], report);
  }
}

void CheckRules(const Node& spec, Report& report) {
  const Node rules = spec["rules"];
  if (rules.size() > 0 && IncludesGateways(spec)) return report.Add(rules, kMustNotBeDefined);
  for (const Node& rule : rules.Items()) {
    const Node tcp = rule["default"]["local"]["tcp"];
    if (CheckRuleMatches(rule, report) && tcp) {
      report.Add(tcp,
                 "can't be specified when matches contain spiffeID because this field cannot be "
                 "conditioned on source identity");
    }
    CheckConf(rule["default"], report);
  }
}

void Check(const Node& spec, const Subject& subject, Report& report) {
  CheckLists(spec, kWords, report);
  const bool system = subject.IsSystemPolicy();
  CheckTopTargetRef(spec,
                    {.kinds = system ? kTop : kTopOfNamespace,
                     .gateway_listener_tags = system,
                     .inbound = AffectsInbounds(spec)},
                    report);
  CheckRules(spec, report);
  CheckFromOfSidecars(spec, kMeshOnly, CheckConf, report);
  CheckToOfGateways(spec, kMeshOnly, CheckConf, report);
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutFrom(spec, kUseRules, warnings);
  for (const std::string_view list : {"from", "rules", "to"}) {
    const Node items = spec[list];
    for (size_t i = 0; i < items.size(); ++i) {
      const Node status = items.At(i)["default"]["local"]["http"]["onRateLimit"]["status"];
      if (!status || status.number() >= 400) continue;
      warnings.push_back(
          fmt::format("'spec.{}[{}].default.local.http.requestRate.status' must be 400 or higher. "
                      "Please update your configuration.",
                      list, i));
    }
  }
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshRateLimitRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
