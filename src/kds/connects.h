// SPDX-License-Identifier: Apache-2.0
// When zones were connected. A ZoneInsight keeps the last few times, as Kuma has it; what came
// since this daemon began is remembered longer here.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "skyden/kds/deliveries.h"
#include "skyden/model/ids.h"
#include "skyden/model/resource.h"

namespace skyden::kds {

// Oldest first; none when it does not decode.
std::vector<ZoneConnect> ConnectsIn(const model::Resource& zone_insight);

// Thread-safe. Holds limits::kZoneConnects of a zone, fewer when there are very many of all.
class ConnectLog {
 public:
  void Began(model::TenantKey tenant, const std::string& zone, ZoneConnect connect)
      ABSL_LOCKS_EXCLUDED(mu_);
  // The one that began at `begin`. What is open before it is over as well.
  void Ended(model::TenantKey tenant, const std::string& zone, absl::Time begin, absl::Time end)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Forget(model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_);

  // Newest first, those that are stored among them.
  std::vector<ZoneConnect> Of(model::TenantKey tenant, const std::string& zone,
                              std::vector<ZoneConnect> stored) const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Zones = absl::flat_hash_map<std::string, std::deque<ZoneConnect>>;
  mutable absl::Mutex mu_;
  absl::flat_hash_map<model::TenantKey, Zones> tenants_ ABSL_GUARDED_BY(mu_);
  size_t size_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace skyden::kds
