// SPDX-License-Identifier: Apache-2.0
// How many files and connections this process may have open, and whether that is enough.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "skyden/server/config.h"

namespace skyden::server {

// Raises the limit (RLIMIT_NOFILE) as far as the system lets us, and returns what it is then.
uint64_t RaiseDescriptorLimit();

struct DescriptorPlan {
  int connections = 0;  // as in Config, of each port
  int admin_connections = 0;
  int kds_connections = 0;
  uint64_t needed = 0;  // for what the configuration says
  bool scaled_down = false;
};
// What fits under `limit`. Numbers that nobody gave shrink until it does; where those that were
// given do not fit, RESOURCE_EXHAUSTED with the limit that is needed.
absl::StatusOr<DescriptorPlan> PlanDescriptors(const Config& config, uint64_t limit);

}  // namespace skyden::server
