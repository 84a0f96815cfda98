// SPDX-License-Identifier: Apache-2.0
// What of a proxy's statistics says how its requests go.
#pragma once

#include <cstdint>
#include <string_view>

namespace skyden::rollouts {

struct Requests {
  uint64_t all = 0;
  uint64_t failed = 0;
  friend bool operator==(const Requests&, const Requests&) = default;
};

// Reads Envoy's `/stats` as text, "name: value" by line. Counted are requests to clusters of the
// mesh, of which answers of 500 and above failed (Envoy's own among them: no healthy host, time
// out), connections that could not be made, and what access rules denied. At most
// limits::kRolloutStatsBytes are looked at.
Requests ReadRequests(std::string_view stats);

}  // namespace skyden::rollouts
