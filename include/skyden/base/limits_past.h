// SPDX-License-Identifier: Apache-2.0
// Bounds on what is kept of what is past: what people wrote, by revision, and control planes that
// were deleted. Beside limits.h, which says what belongs here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skyden::base::limits {

inline constexpr int kHistoryMib = 32;  // of each control plane, where nobody set another
inline constexpr uint64_t kHistoryBytes = uint64_t{kHistoryMib} << 20;
inline constexpr size_t kHistoryScan = 5000;           // changes looked at for one page
inline constexpr size_t kHistoryPrunedAtOnce = 512;    // changes, by one transaction
inline constexpr size_t kDeletedControlPlanes = 1000;  // kept of an organization; the oldest goes

}  // namespace skyden::base::limits
