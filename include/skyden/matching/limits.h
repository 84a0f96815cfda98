// SPDX-License-Identifier: Apache-2.0
// Bounds on the work that policies can cause.
#pragma once

#include <cstddef>

namespace skyden::matching::limits {

// Into which the tags of one type's entries split their peers.
inline constexpr size_t kRuleParts = 4096;
// Entries of a type, times parts.
inline constexpr size_t kRuleWork = 20'000'000;
// Looks at pairs of overlapping sets of tags.
inline constexpr size_t kOverlapWork = 200'000'000;
// Cached models, of all control planes.
inline constexpr size_t kMeshModelBytes = 64u << 20;

}  // namespace skyden::matching::limits
