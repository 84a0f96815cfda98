// SPDX-License-Identifier: Apache-2.0
// How many connections there are, in all and of each place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace skyden::net {

// Thread-safe.
class AddressLimits {
 public:
  AddressLimits(size_t total_max, size_t per_address_max)
      : total_max_(total_max), per_address_max_(per_address_max) {}

  // Counts a connection from `ip`. False, and refused() goes up, when there are too many.
  bool Enter(std::string_view ip) ABSL_LOCKS_EXCLUDED(mu_);
  // One that entered is gone. Returns how many are left in all.
  size_t Leave(std::string_view ip) ABSL_LOCKS_EXCLUDED(mu_);

  size_t total() const ABSL_LOCKS_EXCLUDED(mu_);
  uint64_t refused() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  const size_t total_max_;
  const size_t per_address_max_;
  mutable absl::Mutex mu_;
  size_t total_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t refused_ ABSL_GUARDED_BY(mu_) = 0;
  absl::flat_hash_map<std::string, size_t> by_address_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::net
