// SPDX-License-Identifier: Apache-2.0
// Rules for traffic that arrives at a listener, from `rules` (or, of some types, `from`).
#pragma once

#include <vector>

#include "matching/policy.h"
#include "skyden/matching/rules.h"

namespace skyden::matching {

// `policies` of one type, in rising order of precedence.
std::vector<InboundRule> BuildInboundRules(const std::vector<const Policy*>& policies);

}  // namespace skyden::matching
