// SPDX-License-Identifier: Apache-2.0
// How much memory may be taken for others, in all and for each of them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace skyden::base {

// Counts; the memory is the callers'. Thread-safe.
class ByteShares {
 public:
  ByteShares(size_t total_max, size_t share_max) : total_max_(total_max), share_max_(share_max) {}

  enum class Verdict { kTaken, kShareIsUsed, kAllIsUsed };
  // kOneAtLeast: whoever holds nothing may take one thing that is larger than its share.
  enum class Rule { kStrict, kOneAtLeast };
  // Takes nothing unless kTaken.
  Verdict Take(const std::string& whose, size_t bytes, Rule rule = Rule::kStrict)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Give(const std::string& whose, size_t bytes) ABSL_LOCKS_EXCLUDED(mu_);

  size_t total() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  const size_t total_max_;
  const size_t share_max_;
  mutable absl::Mutex mu_;
  size_t total_ ABSL_GUARDED_BY(mu_) = 0;
  absl::flat_hash_map<std::string, size_t> used_ ABSL_GUARDED_BY(mu_);  // none is 0
};

// What one thing holds of a share, given back with it. Thread-compatible.
class HeldBytes {
 public:
  HeldBytes() = default;
  HeldBytes(const HeldBytes&) = delete;
  HeldBytes& operator=(const HeldBytes&) = delete;
  HeldBytes& operator=(HeldBytes&& other) noexcept {
    if (this == &other) return *this;
    Reset();
    shares_ = std::exchange(other.shares_, nullptr);
    whose_ = std::move(other.whose_);
    bytes_ = std::exchange(other.bytes_, 0);
    return *this;
  }
  ~HeldBytes() { Reset(); }

  // Gives back what it holds; from now on it is of `whose` share.
  void Begin(ByteShares& shares, std::string whose) {
    Reset();
    shares_ = &shares;
    whose_ = std::move(whose);
  }
  bool begun() const { return shares_ != nullptr; }
  // Makes it hold `bytes` where that is more than now.
  ByteShares::Verdict GrowTo(size_t bytes, ByteShares::Rule rule = ByteShares::Rule::kStrict) {
    if (shares_ == nullptr || bytes <= bytes_) return ByteShares::Verdict::kTaken;
    const auto verdict = shares_->Take(whose_, bytes - bytes_, rule);
    if (verdict == ByteShares::Verdict::kTaken) bytes_ = bytes;
    return verdict;
  }
  void Reset() {
    if (shares_ != nullptr && bytes_ > 0) shares_->Give(whose_, bytes_);
    bytes_ = 0;
    shares_ = nullptr;
  }

 private:
  ByteShares* shares_ = nullptr;
  std::string whose_;
  size_t bytes_ = 0;
};

}  // namespace skyden::base
