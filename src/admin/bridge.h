// SPDX-License-Identifier: Apache-2.0
// Carries calls from rpc's port to handlers in a gRPC server of this process that has no port.
// It knows no methods: any number of messages may go in both directions.
//
// A message of each direction is on its way at a time, so a slow reader slows the other end instead
// of filling memory here.
//
// Whoever drains: rpc's server first, then the handlers'.
#pragma once

#include <grpcpp/channel.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "skyden/base/limits.h"
#include "skyden/rpc/connection.h"

namespace skyden::admin {

// Metadata between the bridge and the handlers, which clients can neither set nor see.
inline constexpr char kBridgePrefix[] = "skyden-bridge-";
inline constexpr char kBridgePeerIp[] = "skyden-bridge-peer-ip";  // of each call
// A handler puts it into its trailers when the caller has signed in: the connection is trusted.
inline constexpr char kBridgeSignedIn[] = "skyden-bridge-signed-in";

struct BridgeOptions {
  // What handlers read of a client's metadata. Nothing else is carried to them: it costs the
  // library more than the client, and what that takes it keeps.
  std::vector<std::string> metadata;
  // Whether an address may knock once more, with what its call has for `authorization` (empty when
  // there is none): before anything of the call is carried, whichever method it is for.
  std::function<absl::Status(std::string_view ip, std::string_view authorization)> admit = nullptr;
  // Calls under way of clients that have not signed in, from one address.
  size_t strangers_calls_per_address_max = base::limits::kAdminStrangerCallsPerAddress;
};

// For rpc::Listen. `handlers`: see ConnectTo.
rpc::Acceptor AcceptorOf(std::shared_ptr<grpc::Channel> handlers, BridgeOptions options);

}  // namespace skyden::admin
