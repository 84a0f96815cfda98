// SPDX-License-Identifier: Apache-2.0
// How a daemon stands with others that have the same database open.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace skyden::store::postgres {

// Thread-safe.
class Standing {
 public:
  struct View {
    int64_t opened = 0;  // the newest opening of the database that is known here
    bool alone = true;   // nobody else had it open then
    bool leads = true;   // nobody has had it open for longer

    bool operator==(const View&) const = default;
  };

  // `daemon`: its id among others; empty when nobody else can have the database open.
  Standing(std::string daemon, View view) : daemon_(std::move(daemon)), view_(view) {}

  const std::string& daemon() const { return daemon_; }
  bool shares() const { return !daemon_.empty(); }
  View view() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return view_;
  }
  void Set(View view) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    view_ = view;
  }

 private:
  const std::string daemon_;
  mutable absl::Mutex mu_;
  View view_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::store::postgres
