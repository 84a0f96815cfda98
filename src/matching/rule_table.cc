// SPDX-License-Identifier: Apache-2.0
#include "matching/rule_table.h"

namespace skyden::matching {
namespace {

constexpr RuleTable kTwo = {.targets = TargetRefDialect::kTwo};

constexpr RuleTable kTwoForThree = {.targets = TargetRefDialect::kTwo,
                                    .mesh_tells_services = false};

constexpr RuleTable kThree = {.targets = TargetRefDialect::kThree,
                              .tells_by_tags = false,
                              .has_older_types = false,
                              .mesh_tells_services = false};

}  // namespace

const RuleTable& TableOf(Rules rules) {
  switch (rules) {
    case Rules::kTwoForThree:
      return kTwoForThree;
    case Rules::kThree:
      return kThree;
    default:
      return kTwo;
  }
}

}  // namespace skyden::matching
