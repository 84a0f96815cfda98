// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "resources/rules_json/checks.h"
#include "resources/rules_json/rules.h"

namespace skyden::resources::rules_json {
namespace {

void Check(const Node& spec, const Subject&, Report& report) {
  for (const Node& item : spec["to"].Items()) CheckPositive(item["default"]["lightness"], report);
}

void Warn(const Node& spec, const Subject&, std::vector<std::string>& warnings) {
  for (const Node& item : spec["to"].Items()) {
    if (item["default"].Has("colour")) warnings.push_back("nobody looks at the colour");
  }
}

}  // namespace

extern const Rules kMeshMadeUpRules = {Check, Warn};

}  // namespace skyden::resources::rules_json
