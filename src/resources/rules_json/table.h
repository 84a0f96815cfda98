// SPDX-License-Identifier: Apache-2.0
// Which types have rules: found in the sources when the program is built (table.cmake writes the
// other half), so that a file of rules is all that there is to add.
#pragma once

#include <string_view>
#include <vector>

#include "resources/rules_json/rules.h"

namespace skyden::resources::rules_json {

struct NamedRules {
  std::string_view type;
  // By address: the constants live in other files, and those may not be initialised yet when this
  // is first asked for.
  const Rules* rules = nullptr;
};

// In the order of the files' names.
std::vector<NamedRules> RuleTable();

}  // namespace skyden::resources::rules_json
