// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

constexpr Kinds kTop = {Kind::kMesh, Kind::kMeshSubset, Kind::kDataplane};
constexpr Kinds kFrom = {Kind::kMesh};

const std::initializer_list<std::string_view> kCiphers = {
    "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",   "ECDHE-RSA-CHACHA20-POLY1305"};

bool IsCipher(const Node& node) {
  return std::find(kCiphers.begin(), kCiphers.end(), node.text()) != kCiphers.end();
}

void CheckConf(const Node& conf, Kind top, Report& report) {
  CheckOneOf(conf["mode"], "mode", {"Strict", "Permissive"}, report);
  const Node ciphers = conf["tlsCiphers"];
  const std::vector<Node> all = ciphers.Items();
  if (!all.empty() && top != Kind::kMesh) {
    report.Add(ciphers, "tlsCiphers can only be defined with top level targetRef kind: Mesh");
  } else if (!std::all_of(all.begin(), all.end(), IsCipher)) {
    report.Add(ciphers, MustBeOneOf("tlsCiphers", kCiphers));
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
