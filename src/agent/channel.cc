// SPDX-License-Identifier: Apache-2.0
#include "agent/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <fstream>
#include <limits>

#include "fmt/format.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/stock_grpc/callback_threads.h"

namespace skyden::agent {
namespace {

constexpr size_t kSmallFileBytes = 1u << 20;
constexpr int kPingIntervalMs = 15'000;
// On a slow link the answer to a ping waits behind what the global has written before it, a
// megabyte and more. gRPC cannot be told that bytes which come are a sign of life too, so it has to
// be patient: at 7 KB/s that takes three minutes.
constexpr int kPingAnswerMs = 300'000;
constexpr int kGzipOnly = (1 << GRPC_COMPRESS_NONE) | (1 << GRPC_COMPRESS_GZIP);
// gRPC brings roots of its own; what the machine trusts is the operator's choice.
constexpr char kSystemRoots[] = "/etc/ssl/certs/ca-certificates.crt";

grpc::ChannelArguments ArgumentsFor(const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingIntervalMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingAnswerMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_CLIENT_IDLE_TIMEOUT_MS, std::numeric_limits<int>::max());
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 10'000);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, options.private_connection ? 1 : 0);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(base::limits::kKdsMessageBytes));
  arguments.SetInt(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, kGzipOnly);
  if (options.raw_messages) arguments.SetInt(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  return arguments;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsFor(
    const GlobalAddress& address, const std::string& ca_file) {
  if (!address.tls) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions tls;
  if (!ca_file.empty()) {
    auto roots = ReadSmallFile(ca_file);
    if (!roots.ok()) return absl::InvalidArgumentError(roots.status().message());
    tls.pem_root_certs = *std::move(roots);
  } else if (auto roots = ReadSmallFile(kSystemRoots); roots.ok()) {
    tls.pem_root_certs = *std::move(roots);
  }
  return grpc::SslCredentials(tls);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const GlobalAddress& address,
                                                           const ChannelOptions& options) {
  stock_grpc::KeepCallbackThreads();
  SKYDEN_ASSIGN_OR_RETURN(const auto credentials, CredentialsFor(address, options.ca_file));
  return grpc::CreateCustomChannel(address.host_port, credentials, ArgumentsFor(options));
}

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(kSmallFileBytes, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.eof()) return absl::NotFoundError(fmt::format("cannot read {}", path));
  text.resize(static_cast<size_t>(in.gcount()));
  text.resize(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

}  // namespace skyden::agent
