// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace skyden::http {

// Where an exchange goes.
struct OutgoingUrl {
  bool tls = false;
  std::string host;       // without brackets
  std::string port;       // digits
  std::string authority;  // as it stands in the URL
  std::string target;     // begins with '/'
};

// "http://host[:port][/path][?query]", or https. INVALID_ARGUMENT.
absl::StatusOr<OutgoingUrl> ParseOutgoingUrl(const std::string& url);

}  // namespace skyden::http
