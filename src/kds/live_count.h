// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/cond_var.h"

namespace skyden::kds {

// How many objects of a kind there are, so that the server can wait for the last. Thread-safe.
class LiveCount {
 public:
  void Add() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    peak_ = std::max(peak_, ++count_);
  }
  void Remove() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (--count_ == 0) none_.SignalAll();
  }
  // True when there are none, at the latest after `at_most`.
  bool AwaitNone(absl::Duration at_most) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return none_.AwaitFor(mu_, at_most,
                          [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return count_ == 0; });
  }
  uint64_t count() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return count_;
  }
  // The most there were at once since this was last asked.
  uint64_t TakePeak() ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return std::exchange(peak_, count_);
  }

 private:
  mutable absl::Mutex mu_;
  base::CondVar none_;
  uint64_t count_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t peak_ ABSL_GUARDED_BY(mu_) = 0;
};

// One of them, as a member: put it where all that is used at the end is destroyed before it.
class LiveOne {
 public:
  explicit LiveOne(LiveCount& count) : count_(count) { count_.Add(); }
  ~LiveOne() { count_.Remove(); }
  LiveOne(const LiveOne&) = delete;
  LiveOne& operator=(const LiveOne&) = delete;

 private:
  LiveCount& count_;
};

}  // namespace skyden::kds
