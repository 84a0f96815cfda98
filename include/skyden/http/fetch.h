// SPDX-License-Identifier: Apache-2.0
// A small client for what the daemon itself asks others for: one request, one answer, and nothing
// that the other side could stretch. No redirects, no cookies, no environment, no connection kept.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/limits.h"

namespace skyden::http {

// Ends exchanges from another thread, those that begin afterwards too. Thread-safe.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  void Raise();
  int descriptor() const { return descriptor_; }  // readable once it was raised

 private:
  const int descriptor_;
};

// Where an exchange may lead: somebody who must not get everywhere may have chosen its URL.
enum class Reach {
  kAnywhere,
  kOutside,  // only addresses that are net::IsOutside, whatever the name is looked up to
};

struct FetchOptions {
  size_t bytes_max = 1u << 20;  // of the answer's body
  // From the look-up of the name to the last byte of the trailers.
  absl::Duration time_max = absl::Seconds(5);
  std::string ca_file = {};                                   // PEM, for https; empty: the system's
  const Interrupt* interrupt = nullptr;                       // outlives the exchange
  size_t header_bytes_max = base::limits::kFetchHeaderBytes;  // and as much of trailers
  Reach reach = Reach::kAnywhere;
};

struct Outgoing {
  std::string method = "GET";
  std::string url = {};
  std::vector<std::pair<std::string, std::string>> headers = {};  // neither Host nor lengths
  std::string body = {};
};

struct Incoming {
  int status = 0;
  std::string body = {};
};

// INVALID_ARGUMENT when `url` is not one that Exchange could use.
absl::Status CheckUrl(const std::string& url);
// The same; and INVALID_ARGUMENT when its host is an address that is not net::IsOutside. Names are
// not looked up.
absl::Status CheckUrlIsOutside(const std::string& url);

// One request and its answer, whatever its status. INVALID_ARGUMENT as CheckUrl; UNAVAILABLE for
// whatever went wrong on the way: an answer that is too large, too slow or malformed is none.
// Blocks (AssertMayBlock), at most for `time_max`.
absl::StatusOr<Incoming> Exchange(const Outgoing& request, const FetchOptions& options);

// The body of a GET that was answered with 200; any other status is UNAVAILABLE.
absl::StatusOr<std::string> Fetch(const std::string& url, const FetchOptions& options);

}  // namespace skyden::http
