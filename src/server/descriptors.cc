// SPDX-License-Identifier: Apache-2.0
#include "server/descriptors.h"

#include <sys/resource.h>

#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "skyden/base/limits.h"

namespace skyden::server {
namespace {

namespace limits = base::limits;

// More than any configuration asks for; programs that walk all descriptors there could be take
// long.
constexpr rlim_t kRaisedAtMost = 1u << 20;

// What one database connection keeps open: the database, its WAL, the WAL's index.
constexpr uint64_t kFilesPerReader = 3;

// Everything but connections of others.
uint64_t OwnDescriptors(const Config& config) {
  return limits::kDescriptorHeadroom +
         kFilesPerReader * static_cast<uint64_t>(config.store_readers);
}

struct Share {
  const char* key;
  int wanted;
  int* planned;
};

}  // namespace

uint64_t RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = std::max(before, std::min(limit.rlim_max, kRaisedAtMost));
  // A sandbox may forbid it: what there is has to do then.
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return before;
  return limit.rlim_cur;
}

absl::StatusOr<DescriptorPlan> PlanDescriptors(const Config& config, uint64_t limit) {
  DescriptorPlan plan;
  const std::array<Share, 3> shares = {
      Share{"connections", config.connections, &plan.connections},
      Share{"admin_connections", config.admin_connections, &plan.admin_connections},
      Share{"kds_connections", config.kds_connections, &plan.kds_connections}};
  const uint64_t own = OwnDescriptors(config);
  uint64_t given = 0;
  uint64_t free_to_shrink = 0;
  uint64_t smallest = 0;
  for (const Share& share : shares) {
    const auto wanted = static_cast<uint64_t>(share.wanted);
    *share.planned = share.wanted;
    if (config.given.contains(share.key)) {
      given += wanted;
    } else {
      free_to_shrink += wanted;
      smallest += std::min<uint64_t>(wanted, limits::kConnectionsMin);
    }
  }
  plan.needed = own + given + free_to_shrink;
  if (plan.needed <= limit) return plan;
  if (own + given + smallest > limit) {
    return absl::ResourceExhaustedError(fmt::format(
        "{} descriptors are needed for the configured connections and the database, and the limit "
        "is {}: raise it (ulimit -n, LimitNOFILE), or lower connections, admin_connections and "
        "kds_connections",
        own + given + smallest, limit));
  }
  plan.scaled_down = true;
  const uint64_t left = limit - own - given - smallest;
  for (const Share& share : shares) {
    if (config.given.contains(share.key)) continue;
    const auto wanted = static_cast<uint64_t>(share.wanted);
    const uint64_t least = std::min<uint64_t>(wanted, limits::kConnectionsMin);
    *share.planned = static_cast<int>(std::min(wanted, least + left * wanted / free_to_shrink));
  }
  return plan;
}

}  // namespace skyden::server
