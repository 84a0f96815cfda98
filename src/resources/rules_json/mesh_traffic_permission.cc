// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh, Kind::kMeshSubset, Kind::kMeshService,
                        Kind::kMeshServiceSubset, Kind::kDataplane};
constexpr Kinds kFrom = {Kind::kMesh, Kind::kMeshSubset, Kind::kMeshService,
                         Kind::kMeshServiceSubset};

constexpr model::ByVersion<const char*> kNothing = {
    {"at least one of 'from' or 'rules' has to be defined", "policy must define rules"}};

void CheckRule(const Node& rule, Report& report) {
  const Node conf = rule["default"];
  if (conf["deny"].size() == 0 && conf["allow"].size() == 0 &&
      conf["allowWithShadowDeny"].size() == 0) {
    report.Add(rule, "at least one of 'allow', 'allowWithShadowDeny', 'deny' has to be defined");
  }
  for (const std::string_view action : {"allow", "allowWithShadowDeny", "deny"}) {
    // The public paths leave `default` out.
    for (const Node& match : conf[action].Named(rule.path().Field(action)).Items()) {
      CheckMatch(match, report);
    }
  }
}

void Check(const Node& spec, const Subject&, Report& report) {
  CheckTopTargetRef(spec, {.kinds = kTop, .inbound = AffectsInbounds(spec)}, report);
  const bool has_from = spec["from"].size() > 0;
  const bool has_rules = spec["rules"].size() > 0;
  if (has_from && has_rules) {
    report.Add(spec, "field 'from' must be empty when 'rules' is defined");
  }
  if (!has_from && !has_rules) {
    report.Add(spec, kNothing[report.version()]);
  }
  for (const Node& rule : spec["rules"].Items()) CheckRule(rule, report);
  for (const Node& from : spec["from"].Items()) {
    CheckTargetRef(from["targetRef"], {.kinds = kFrom}, report);
    const Node action = from["default"]["action"];
    if (action.text().empty()) report.Add(action, kMustBeDefined);
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutFrom(spec,
                "'from' field is deprecated and will be removed in 3.0, use 'rules' with "
                "MeshIdentity (spiffeId) instead",
                warnings);
  for (const Node& from : spec["from"].Items()) {
    if (KindOf(from["targetRef"]) != Kind::kMeshService) continue;
    warnings.emplace_back(
        "MeshService value for 'from[].targetRef.kind' is deprecated, use MeshSubset with "
        "'kuma.io/service' instead");
  }
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshTrafficPermissionRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
