// SPDX-License-Identifier: Apache-2.0
// A connection to a global control plane with the settings of a stock zone.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "agent/global_address.h"

namespace skyden::agent {

struct ChannelOptions {
  std::string ca_file;  // PEM; empty: the system's
  // A connection of its own, shared with no other channel of this process to the same address.
  bool private_connection = false;
  // Hand compressed messages over as they came.
  bool raw_messages = false;
};

// Connects when first used, and again whenever the connection is lost.
// INVALID_ARGUMENT when the CA file cannot be read.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const GlobalAddress& address,
                                                           const ChannelOptions& options);

// Reads a small text file, without the blanks and newlines at its end. NOT_FOUND names the file.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path);

}  // namespace skyden::agent
