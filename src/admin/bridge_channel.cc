// SPDX-License-Identifier: Apache-2.0
#include "admin/bridge_channel.h"

#include <grpcpp/create_channel_posix.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_posix.h>
#include <grpcpp/support/channel_arguments.h>
#include <sys/socket.h>

#include "skyden/stock_grpc/callback_threads.h"

namespace skyden::admin {
namespace {

constexpr int kNoLimit = -1;
// Of a call's head or end. More than rpc lets in, and than handlers answer.
constexpr int kMetadataBytes = 256 << 10;

}  // namespace

void PrepareForBridge(grpc::ServerBuilder& handlers) {
  stock_grpc::KeepCallbackThreads();
  handlers.SetMaxReceiveMessageSize(kNoLimit);
  handlers.SetMaxSendMessageSize(kNoLimit);
  handlers.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytes);
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> ConnectTo(grpc::Server& handlers) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) {
    return absl::UnavailableError("no file descriptors left for the admin port");
  }
  grpc::AddInsecureChannelFromFd(&handlers, ends[0]);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kNoLimit);
  arguments.SetMaxSendMessageSize(kNoLimit);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytes);
  return grpc::CreateCustomInsecureChannelFromFd("admin", ends[1], arguments);
}

}  // namespace skyden::admin
