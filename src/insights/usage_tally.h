// SPDX-License-Identifier: Apache-2.0
// What one control plane used since it was last put down.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "absl/time/time.h"
#include "skyden/store/metering.h"

namespace skyden::insights {

// Now, by both clocks: hours are those of the wall, how long something lasted is not.
struct Moment {
  absl::Time wall;
  absl::Duration steady;
};

// Thread-compatible.
class UsageTally {
 public:
  struct Online {
    uint64_t zones = 0;
    uint64_t dataplanes = 0;
    bool operator==(const Online&) const = default;
  };

  // From `steady` on, which is not before what was counted and not after `now`, so many are online.
  // Until then those were that were there before.
  void Change(const Moment& now, absl::Duration steady, const Online& online);
  // What is online is so until now.
  void CountUntil(const Moment& now) { Count(now, now.steady); }
  void AddWritten(store::Hour hour, uint64_t writes, uint64_t bytes);

  // Whole seconds, by hour; what is left of one counts with the next time. Hours in which nothing
  // was used are left out.
  std::vector<store::MeteredHour> Take(model::TenantKey tenant);
  // It could not be put down.
  void PutBack(const store::MeteredHour& hour);

  const Online& online() const { return online_; }
  // Nothing is online, and all but a part of a second was taken.
  bool is_idle() const { return online_ == Online{} && hours_.empty(); }
  size_t hours() const { return hours_.size(); }

 private:
  struct Used {
    absl::Duration zones, dataplanes;
    uint64_t writes = 0, bytes = 0;
  };

  void Count(const Moment& now, absl::Duration until);

  Online online_;
  absl::Duration counted_;  // until when, by the steady clock; nothing while nothing is online
  std::map<store::Hour, Used> hours_;
  absl::Duration rest_of_zones_, rest_of_dataplanes_;
};

}  // namespace skyden::insights
