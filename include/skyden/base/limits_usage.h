// SPDX-License-Identifier: Apache-2.0
// Bounds on counting what control planes use. Beside limits.h, which says what belongs here.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace skyden::base::limits {

inline constexpr size_t kMeteredHours = 1'000'000;  // waiting in memory to be written
inline constexpr size_t kMeteredAtOnce = 256;       // written by one transaction
// What is not written yet when a daemon is killed is lost: no more than this.
inline constexpr absl::Duration kMeteredEvery = absl::Minutes(5);

inline constexpr int kUsageDays = 400;            // that one question may be about
inline constexpr size_t kUsageRead = 100'000;     // hours looked at for one page
inline constexpr size_t kUsageCsvLines = 10'000;  // of one answer

}  // namespace skyden::base::limits
