// SPDX-License-Identifier: Apache-2.0
#include "rollouts/envoy_stats.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "skyden/base/limits_rollouts.h"
#include "skyden/base/strings.h"

namespace skyden::rollouts {
namespace {

// Clusters of the proxy itself, and of what looks after it.
bool IsOwnCluster(std::string_view name) {
  for (const std::string_view own : {"kuma_", "kuma:", "_kuma", "system_", "ads_cluster",
                                     "access_log_sink", "probe_", "meshtrace", "mesh_trace"}) {
    if (name.starts_with(own)) return true;
  }
  return false;
}

void Count(std::string_view name, uint64_t value, Requests& requests) {
  // Both of HTTP and of TCP: "http.<listener>.rbac.denied", "<listener>.rbac.denied".
  if (name.ends_with("rbac.denied")) {
    requests.all += value;
    requests.failed += value;
    return;
  }
  constexpr std::string_view kCluster = "cluster.";
  if (!name.starts_with(kCluster)) return;
  name.remove_prefix(kCluster.size());
  if (IsOwnCluster(name)) return;
  const std::string_view what = name.substr(name.rfind('.') + 1);
  // Of one cluster more than once: by zone and by canary. Those have names between.
  if (what == "upstream_rq_completed" && !name.ends_with("external.upstream_rq_completed") &&
      !name.ends_with("internal.upstream_rq_completed")) {
    requests.all += value;
  } else if (what == "upstream_rq_5xx" && !name.ends_with("external.upstream_rq_5xx") &&
             !name.ends_with("internal.upstream_rq_5xx")) {
    requests.failed += value;
  } else if (what == "upstream_cx_connect_fail") {
    requests.all += value;
    requests.failed += value;
  }
}

}  // namespace

Requests ReadRequests(std::string_view stats) {
  stats = stats.substr(0, base::limits::kRolloutStatsBytes);
  Requests requests;
  while (!stats.empty()) {
    const std::string_view line = stats.substr(0, stats.find('\n'));
    stats.remove_prefix(std::min(stats.size(), line.size() + 1));
    const size_t colon = line.rfind(": ");
    uint64_t value = 0;
    if (colon == std::string_view::npos) continue;
    if (!absl::SimpleAtoi(base::ToAbsl(line.substr(colon + 2)), &value)) continue;
    Count(line.substr(0, colon), value, requests);
  }
  return requests;
}

}  // namespace skyden::rollouts
