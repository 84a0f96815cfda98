// SPDX-License-Identifier: Apache-2.0
// The line between the bridge and the handlers: a pair of sockets that nobody else can reach.
//
// gRPC has a transport for calls within a process, but that of 1.51 loses references: a call's
// memory stays until the server ends, or the process aborts on a call that was freed too early.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>

#include "absl/status/statusor.h"

namespace skyden::admin {

// Before BuildAndStart: what clients may send, rpc has bounded already.
void PrepareForBridge(grpc::ServerBuilder& handlers);

// UNAVAILABLE when there are no descriptors left. The channel may outlive `handlers`, whose end
// ends its calls.
absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectTo(grpc::Server& handlers);

}  // namespace skyden::admin
