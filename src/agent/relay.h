// SPDX-License-Identifier: Apache-2.0
// `skyden zone-agent`: takes the plain calls of the zone beside it and makes the same calls to a
// global control plane, over TLS and with the zone's token.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "agent/global_address.h"

namespace skyden::agent {

struct RelayOptions {
  std::string listen = "127.0.0.1:5695";
  GlobalAddress global;
  std::string token_file;  // read anew for each call, so that a token can be exchanged in place
  std::string ca_file;
};

// Thread-safe.
class Relay {
 public:
  // UNAVAILABLE when the address cannot be bound; INVALID_ARGUMENT when a file cannot be read.
  static absl::StatusOr<std::unique_ptr<Relay>> Start(RelayOptions options);
  // Ends what is left of the calls.
  virtual ~Relay() = default;

  virtual std::string address() const = 0;  // what was bound
};

}  // namespace skyden::agent
