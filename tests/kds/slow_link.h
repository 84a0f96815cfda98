// SPDX-License-Identifier: Apache-2.0
// A link that is as slow as the test wants: what goes down to the zone passes only when it is told
// to, what goes up passes at once.
#pragma once

#include <cstddef>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace skyden::kds::testing {

// For one connection. Thread-compatible.
class SlowLink {
 public:
  // `server`: "127.0.0.1:1234". `bytes` pass before it is told more: for the connection to be made.
  SlowLink(const std::string& server, size_t bytes);
  ~SlowLink();
  SlowLink(const SlowLink&) = delete;
  SlowLink& operator=(const SlowLink&) = delete;

  const std::string& address() const { return address_; }  // where the zone connects
  // Lets `bytes` more pass down, as soon as they come.
  void Allow(size_t bytes) ABSL_LOCKS_EXCLUDED(mu_);
  // All that is allowed has passed.
  bool UsedUp() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void PassUp();
  void PassDown(int zone) ABSL_LOCKS_EXCLUDED(mu_);

  std::string address_;
  int listener_ = -1;
  int global_ = -1;  // with a small receive buffer: little is under way
  mutable absl::Mutex mu_;
  size_t allowed_ ABSL_GUARDED_BY(mu_);
  bool over_ ABSL_GUARDED_BY(mu_) = false;
  int zone_ ABSL_GUARDED_BY(mu_) = -1;
  std::thread up_;
};

}  // namespace skyden::kds::testing
