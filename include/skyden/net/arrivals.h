// SPDX-License-Identifier: Apache-2.0
// How fast a place may bring new connections to one port.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "skyden/base/clock.h"
#include "skyden/base/limits.h"
#include "skyden/base/rate_limiter.h"
#include "skyden/net/offence_log.h"

namespace skyden::net {

// Memory is bounded, see base::RateLimiter. Thread-safe.
class Arrivals {
 public:
  // `of_address`: 0 per second is no limit. `clock` and `log` must outlive it.
  Arrivals(const base::Clock& clock, OffenceLog& log, const base::limits::Rate& of_address);

  // Counts a connection from `ip`. False, and refused() goes up, when it is too soon for another:
  // to be hung up on before anything is done for it. What is refused does not count.
  bool Admit(std::string_view ip);

  uint64_t refused() const { return refused_.load(); }

 private:
  const base::Clock& clock_;
  OffenceLog& log_;
  base::RateLimiter places_;
  std::atomic<uint64_t> refused_{0};
};

}  // namespace skyden::net
