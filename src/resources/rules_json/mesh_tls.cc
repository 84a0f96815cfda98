// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh, Kind::kMeshSubset, Kind::kDataplane};
constexpr Kinds kFrom = {Kind::kMesh};

void CheckConf(const Node& conf, Kind top, Report& report) {
  const Node ciphers = conf["tlsCiphers"];
  if (ciphers.size() > 0 && top != Kind::kMesh) {
    report.Add(ciphers, "tlsCiphers can only be defined with top level targetRef kind: Mesh");
  }
  const Node version = conf["tlsVersion"];
  if (version && top != Kind::kMesh) {
    report.Add(version, "tlsVersion can only be defined with top level targetRef kind: Mesh");
  } else {
    CheckTlsVersions(version, report);
  }
}

void Check(const Node& spec, const Subject&, Report& report) {
  CheckTopTargetRef(spec, {.kinds = kTop, .inbound = AffectsInbounds(spec)}, report);
  if (spec["rules"].size() > 0 && spec["from"].size() > 0) {
    report.Add(spec, "field 'from' must be empty when 'rules' is defined");
  }
  const Kind top = TopKind(spec);
  for (const Node& rule : spec["rules"].Items()) CheckConf(rule["default"], top, report);
  for (const Node& from : spec["from"].Items()) {
    CheckTargetRef(from["targetRef"], {.kinds = kFrom}, report);
    CheckConf(from["default"], top, report);
  }
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  WarnAboutFrom(spec, kUseRules, warnings);
  WarnAboutTopKind(spec, warnings);
}

}  // namespace

extern const Rules kMeshTLSRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
