// SPDX-License-Identifier: Apache-2.0
// What strangers do wrong, told in a line a minute for each place they come from: whoever can make
// us write a line per packet can fill the disk.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace skyden::net {

// Thread-safe.
class OffenceLog {
 public:
  explicit OffenceLog(std::string port) : port_(std::move(port)) {}

  // The first of a place is told at once, what follows with the next summary.
  void Note(std::string_view ip, std::string_view what, absl::Duration now)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Tells what is due. To be called now and then.
  void Tell(absl::Duration now) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Place {
    absl::Duration told_at;
    uint64_t count = 0;  // since then
    std::string last;
  };
  void Write(const std::string& place, const std::string& what, uint64_t count) const;

  const std::string port_;
  absl::Mutex mu_;
  absl::Duration looked_at_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
  absl::flat_hash_map<std::string, Place> places_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::net
