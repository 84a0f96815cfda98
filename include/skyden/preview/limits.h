// SPDX-License-Identifier: Apache-2.0
// What one preview may take.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace skyden::preview::limits {

inline constexpr size_t kProxies = 100'000;       // looked at
inline constexpr size_t kTextBytes = 32u << 20;   // of configurations that differ
inline constexpr size_t kNames = 10;              // of the proxies of a group
inline constexpr size_t kGroups = 200;            // shown, the largest
inline constexpr size_t kAnswerBytes = 8u << 20;  // of configurations in an answer
inline constexpr size_t kHostnames = 1'000;       // that come or go, shown
inline constexpr size_t kHostnameWork = 100'000;  // services times generators
inline constexpr size_t kDiffLines = 1'000;  // of one part that are compared; beyond, all are other
inline constexpr absl::Duration kTime = absl::Seconds(10);

}  // namespace skyden::preview::limits
