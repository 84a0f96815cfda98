// SPDX-License-Identifier: Apache-2.0
// Bounds on what is asked across control planes; all others are in limits.h.
#pragma once

#include <cstddef>

namespace skyden::base::limits {

// Zones that are turned away, by the names that they claim
inline constexpr size_t kRefusedZones = 1000;       // of a control plane
inline constexpr size_t kAllRefusedZones = 50'000;  // of all of them

}  // namespace skyden::base::limits
