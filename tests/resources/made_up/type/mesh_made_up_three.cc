// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"
#include "resources/rules_json/target_ref.h"

namespace skyden::resources::rules_json {
namespace {

void Check(const Node& spec, const Subject&, Report& report) {
  for (const Node& item : spec["to"].Items()) {
    CheckTargetRef(item["targetRef"], {.kinds = {Kind::kMesh, Kind::kMeshService}}, report);
    CheckPositive(item["default"]["lightness"], report);
  }
}

}  // namespace

extern const Rules kMeshMadeUpThreeRules = {Check, nullptr};

}  // namespace skyden::resources::rules_json
