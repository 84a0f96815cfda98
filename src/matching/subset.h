// SPDX-License-Identifier: Apache-2.0
// Sets of proxies, told by tags that they have or have not; and how overlapping ones are split.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/matching/proxy.h"
#include "skyden/matching/rules.h"

namespace skyden::matching {

Subset ToSubset(const Tags& tags);

// Whether everybody in `other` is in `set`. The empty set of tags means everybody.
bool Covers(const Subset& set, const Subset& other);
// Whether somebody can be in both.
bool Overlap(const Subset& a, const Subset& b);
// Whether who has these tags is in `set`.
bool Holds(const Subset& set, const Tags& tags);
size_t PositiveTags(const Subset& set);

// Splits everybody who is in any of `sets` so that within a part the same ones apply. Parts come
// from all combinations of tags and their negations within each group of sets that all overlap.
// RESOURCE_EXHAUSTED beyond base::limits::kRuleParts.
absl::StatusOr<std::vector<Subset>> SplitIntoParts(const std::vector<Subset>& sets);

}  // namespace skyden::matching
