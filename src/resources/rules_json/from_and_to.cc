// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/from_and_to.h"

namespace skyden::resources::rules_json {
namespace {

void CheckItems(const Node& items, Kinds kinds, ConfCheck check_conf, Report& report) {
  for (const Node& item : items.Items()) {
    CheckTargetRef(item["targetRef"], {.kinds = kinds}, report);
    check_conf(item["default"], report);
  }
}

}  // namespace

void CheckFromOfSidecars(const Node& spec, Kinds kinds, ConfCheck check_conf, Report& report) {
  const Node from = spec["from"];
  if (from.size() > 0 && IncludesGateways(spec)) {
    return report.Add(from,
                      "must not be defined when the scope includes a Gateway, select only "
                      "proxyType Sidecar or select only gateways and use spec.to");
  }
  CheckItems(from, kinds, check_conf, report);
}

void CheckToOfGateways(const Node& spec, Kinds kinds, ConfCheck check_conf, Report& report) {
  const Node to = spec["to"];
  if (to.size() > 0 && !IncludesGateways(spec)) return report.Add(to, kMustNotBeDefined);
  CheckItems(to, kinds, check_conf, report);
}

}  // namespace skyden::resources::rules_json
