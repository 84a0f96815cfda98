// SPDX-License-Identifier: Apache-2.0
// What was written since somebody last asked.
#pragma once

#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/limits_usage.h"
#include "skyden/store/metering.h"

namespace skyden::store::rows {

// Thread-safe.
class WrittenMeter {
 public:
  // One write.
  void Add(model::OrganizationKey organization, model::TenantKey tenant, absl::Time at,
           uint64_t bytes) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const Key key{organization, tenant, HourOf(at)};
    const auto found = written_.find(key);
    // Where nobody asks it does not grow for ever.
    if (found == written_.end() && written_.size() >= base::limits::kMeteredHours) return;
    Metered& used = found == written_.end() ? written_[key] : found->second;
    ++used.writes;
    used.bytes += bytes;
  }

  std::vector<Metering::Written> Take() ABSL_LOCKS_EXCLUDED(mu_) {
    Map taken;
    {
      absl::MutexLock lock(&mu_);
      taken.swap(written_);
    }
    std::vector<Metering::Written> all;
    all.reserve(taken.size());
    for (const auto& [key, used] : taken) {
      all.push_back({std::get<0>(key), {std::get<1>(key), std::get<2>(key), used}});
    }
    return all;
  }

 private:
  using Key = std::tuple<model::OrganizationKey, model::TenantKey, Hour>;
  using Map = absl::flat_hash_map<Key, Metered>;

  absl::Mutex mu_;
  Map written_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::store::rows
