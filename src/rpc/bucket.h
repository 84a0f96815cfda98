// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "absl/time/time.h"
#include "skyden/base/limits.h"

namespace skyden::rpc {

// A rate with a burst. Thread-compatible.
class Bucket {
 public:
  explicit Bucket(const base::limits::Rate& rate) : rate_(&rate), level_(rate.burst) {}

  // False when there is none left.
  bool Take(absl::Duration now) {
    if (now > at_) level_ += absl::ToDoubleSeconds(now - at_) * rate_->per_second;
    at_ = std::max(at_, now);
    level_ = std::min(level_, rate_->burst);
    if (level_ < 1) return false;
    level_ -= 1;
    return true;
  }
  void GiveBack() { level_ += 1; }
  void Change(const base::limits::Rate& rate) {
    level_ += rate.burst - rate_->burst;
    rate_ = &rate;
  }

 private:
  const base::limits::Rate* rate_;
  double level_;
  absl::Duration at_;
};

}  // namespace skyden::rpc
