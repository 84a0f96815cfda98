// SPDX-License-Identifier: Apache-2.0
// Where a global control plane listens for zones, as a zone's configuration writes it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace skyden::agent {

struct GlobalAddress {
  bool tls = true;
  std::string host_port;  // "kds.example.com:5685"
  std::string user;       // the control plane's id; empty when the address carries no credential
  std::string password;   // the zone's token

  // The address with the credential in it, as a zone sends it. Never log this.
  std::string WithCredential() const;
  // The address without it.
  std::string Public() const;
};

// "grpcs://host:port", "grpc://<control plane>:<token>@host:port", or "host:port" (TLS).
// INVALID_ARGUMENT, without the credential, for anything else.
absl::StatusOr<GlobalAddress> ParseGlobalAddress(std::string_view text);

}  // namespace skyden::agent
