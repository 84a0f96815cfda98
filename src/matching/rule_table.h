// SPDX-License-Identifier: Apache-2.0
// What the rules of Kuma 2 and 3 differ in, as data: whoever reads or matches asks the table of its
// mesh, never which version it is.
#pragma once

#include "matching/target_ref.h"
#include "skyden/matching/rule_set.h"

namespace skyden::matching {

struct RuleTable {
  // What of a targetRef counts.
  TargetRefDialect targets;
  // `from`, and rules for peers told by tags.
  bool tells_by_tags = true;
  // Policies of the time before targetRef, and built-in gateways.
  bool has_older_types = true;
  // Services are what the mesh says; else resources only.
  bool mesh_tells_services = true;
};

const RuleTable& TableOf(Rules rules);

}  // namespace skyden::matching
