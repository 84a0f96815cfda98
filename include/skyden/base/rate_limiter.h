// SPDX-License-Identifier: Apache-2.0
// Token buckets for many keys in bounded memory.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"

namespace skyden::base {

// Each key has a bucket of `burst` that fills at `per_second`. Keys are told apart by a hash; when
// there are more than fit, the fullest bucket of a set makes room, so that nobody who is being held
// back is forgotten for one who is not. Thread-safe.
class RateLimiter {
 public:
  struct Options {
    double per_second = 0;  // 0: no limit
    double burst = 0;
    size_t keys_max = 4096;
  };
  RateLimiter(const Clock& clock, Options options);

  bool enabled() const { return options_.per_second > 0; }
  // From now on each key has one of so many parts of the rate and the burst: others give it the
  // rest. At least one of a burst.
  void ShareWith(size_t parts) { parts_ = parts == 0 ? 1 : parts; }
  // Takes one from the key's bucket. Zero when there was one, else how long until there is.
  absl::Duration Take(std::string_view key);

 private:
  static constexpr size_t kShards = 16;
  static constexpr size_t kWays = 4;
  struct Bucket {
    uint64_t key = 0;  // 0: free
    double level = 0;
    absl::Duration at;
  };
  struct Shard {
    absl::Mutex mu;
    std::vector<std::array<Bucket, kWays>> sets ABSL_GUARDED_BY(mu);
  };
  Bucket& Find(Shard& shard, uint64_t key, absl::Duration now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mu);
  double Burst() const;
  double LevelAt(const Bucket& bucket, absl::Duration now) const;

  const Clock& clock_;
  const Options options_;
  const uint64_t seed_;
  std::atomic<size_t> parts_{1};
  std::array<Shard, kShards> shards_;
};

}  // namespace skyden::base
