// SPDX-License-Identifier: Apache-2.0
// Bounds on changes that are released zone by zone. Beside limits.h, which says what belongs here.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace skyden::base::limits {

inline constexpr size_t kRolloutDocuments = 500;
inline constexpr size_t kRolloutBytes = 2u << 20;  // as sent, and of what would be written
inline constexpr size_t kRolloutWaves = 100;
inline constexpr size_t kRolloutsAtOnce = 8;  // of a control plane, each of another mesh
inline constexpr size_t kRolloutsKept = 50;   // of a control plane that are over
inline constexpr size_t kRolloutReasonBytes = 1024;
inline constexpr absl::Duration kRolloutHold = absl::Hours(24 * 7);
inline constexpr uint64_t kRolloutGateRequests = 1'000'000'000;
inline constexpr size_t kRolloutProxiesAsked = 64;      // of a wave, for its gate
inline constexpr size_t kRolloutStatsBytes = 8u << 20;  // of a proxy's answer that are looked at

}  // namespace skyden::base::limits
