// SPDX-License-Identifier: Apache-2.0
// A small client for the few documents that the daemon itself asks others for.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace skyden::http {

struct FetchOptions {
  size_t bytes_max = 1u << 20;
  absl::Duration time_max = absl::Seconds(5);  // for each wait, and for all of it
  std::string ca_file;                         // PEM, for https; empty: the system's
};

// The body of a GET that was answered with 200. No redirects, no cookies, no environment.
// INVALID_ARGUMENT when `url` is not http:// or https://; UNAVAILABLE for whatever went wrong on
// the way, an answer that is too large or too slow included. Blocks (AssertMayBlock).
absl::StatusOr<std::string> Fetch(const std::string& url, const FetchOptions& options);

}  // namespace skyden::http
