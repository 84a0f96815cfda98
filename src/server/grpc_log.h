// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "skyden/base/clock.h"
#include "skyden/base/rate_limiter.h"

namespace skyden::server {

// Lines of a library that strangers can make talk: so many a second, then the number of those that
// were left out. Thread-safe.
class LibraryLog {
 public:
  using Write = std::function<void(std::string_view message, uint64_t left_out)>;
  LibraryLog(const base::Clock& clock, Write write);
  void Take(std::string_view message);

 private:
  base::RateLimiter limiter_;
  const Write write_;
  std::atomic<uint64_t> left_out_{0};
};

// From now on what the gRPC library says is a line of our log: its errors, which are about single
// connections, as warnings, the rest only when debugging. For the life of the process.
void TakeGrpcLog();

}  // namespace skyden::server
