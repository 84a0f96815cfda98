// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/rate_limiter.h"

#include <algorithm>
#include <functional>
#include <string>

#include "skyden/base/crypto.h"

namespace skyden::base {
namespace {

// Hashes are seeded, so that nobody can choose addresses that share a set.
uint64_t RandomSeed() {
  uint64_t seed = 0;
  for (const char c : RandomBytes(sizeof seed)) seed = seed << 8 | static_cast<unsigned char>(c);
  return seed;
}

uint64_t Mix(uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdu;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53u;
  x ^= x >> 33;
  return x == 0 ? 1 : x;
}

}  // namespace

RateLimiter::RateLimiter(const Clock& clock, Options options)
    : clock_(clock), options_(options), seed_(RandomSeed()) {
  if (!enabled()) return;
  const size_t sets = std::max<size_t>(options_.keys_max / (kShards * kWays), 1);
  for (Shard& shard : shards_) {
    absl::MutexLock lock(&shard.mu);
    shard.sets.resize(sets);
  }
}

absl::Duration RateLimiter::Take(std::string_view key) {
  if (!enabled()) return absl::ZeroDuration();
  const uint64_t hash = Mix(std::hash<std::string_view>{}(key) ^ seed_);
  const absl::Duration now = clock_.Monotonic();
  Shard& shard = shards_[hash % kShards];
  absl::MutexLock lock(&shard.mu);
  Bucket& bucket = Find(shard, hash, now);
  const double level = LevelAt(bucket, now);
  if (level < 1) {
    return absl::Seconds((1 - level) * static_cast<double>(parts_.load()) / options_.per_second);
  }
  bucket = {hash, level - 1, now};
  return absl::ZeroDuration();
}

RateLimiter::Bucket& RateLimiter::Find(Shard& shard, uint64_t key, absl::Duration now) {
  auto& set = shard.sets[(key / kShards) % shard.sets.size()];
  Bucket* fullest = &set[0];
  for (Bucket& bucket : set) {
    if (bucket.key == key) return bucket;
    if (LevelAt(bucket, now) > LevelAt(*fullest, now)) fullest = &bucket;
  }
  *fullest = {key, Burst(), now};
  return *fullest;
}

double RateLimiter::Burst() const {
  return std::max(1.0, options_.burst / static_cast<double>(parts_.load()));
}

double RateLimiter::LevelAt(const Bucket& bucket, absl::Duration now) const {
  if (bucket.key == 0) return options_.burst + 1;  // free: the first to go
  const double rate = options_.per_second / static_cast<double>(parts_.load());
  return std::min(Burst(), bucket.level + absl::ToDoubleSeconds(now - bucket.at) * rate);
}

}  // namespace skyden::base
