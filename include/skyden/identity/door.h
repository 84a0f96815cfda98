// SPDX-License-Identifier: Apache-2.0
// How often an address or a token may knock.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/rate_limiter.h"

namespace skyden::identity {

// Shared by the edges. Thread-safe. Its errors are RESOURCE_EXHAUSTED and say when to come again
// (base::RetryAfterOf).
class Door {
 public:
  struct Options {
    // Requests a second; 0: no limit. Twice as many may come at once.
    double per_address = 0;
    double per_token = 0;
  };
  Door(const base::Clock& clock, Options options);

  // So many daemons have a door each, over which callers are spread: each lets in its part.
  void ShareWith(size_t daemons);

  // Before anything is looked up. `credential` as sent, empty when there is none: however it is
  // spelled ("Bearer x", "bearer  x", "x"), it is counted as the same.
  absl::Status Admit(std::string_view address, std::string_view credential);
  // After a credential was refused: OK while the address may go on trying. A good credential is
  // never held back by another's failures.
  absl::Status AfterRefusal(std::string_view address);

 private:
  base::RateLimiter addresses_;
  base::RateLimiter tokens_;
  base::RateLimiter failures_;
};

}  // namespace skyden::identity
