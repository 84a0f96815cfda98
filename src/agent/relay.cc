// SPDX-License-Identifier: Apache-2.0
#include "agent/relay.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <utility>

#include "agent/channel.h"
#include "agent/relay_call.h"
#include "fmt/format.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/stock_grpc/bytes.h"
#include "skyden/telemetry/log.h"

namespace skyden::agent {
namespace {

constexpr char kHealthMethod[] = "/grpc.health.v1.Health/Check";
// HealthCheckResponse{status}: field 1, 1 SERVING or 2 NOT_SERVING.
constexpr char kServing[] = "\x08\x01";
constexpr char kNotServing[] = "\x08\x02";
// The zone pings every 15 s, also when it makes no call; the library's own limit is 5 min.
constexpr int kPingIntervalMinMs = 5'000;

// Answers a health check with one message.
class HealthCall final : public grpc::ServerGenericBidiReactor {
 public:
  explicit HealthCall(const char* answer) : answer_(stock_grpc::BufferOf(answer)) {
    StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer answer_;
};

class GrpcRelay final : public Relay, public grpc::CallbackGenericService {
 public:
  GrpcRelay(RelayOptions options, std::shared_ptr<grpc::Channel> channel)
      : options_(std::move(options)), channel_(std::move(channel)), stub_(channel_) {}

  ~GrpcRelay() override {
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  }

  absl::Status Listen() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options_.listen, grpc::InsecureServerCredentials(), &port_);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                               kPingIntervalMinMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.SetMaxReceiveMessageSize(static_cast<int>(base::limits::kKdsMessageBytes));
    builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return absl::UnavailableError(fmt::format("cannot listen on {}", options_.listen));
    }
    return absl::OkStatus();
  }

  std::string address() const override {
    return fmt::format("{}:{}", options_.listen.substr(0, options_.listen.rfind(':')), port_);
  }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    if (context->method() == kHealthMethod) {
      const bool connected = channel_->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_READY;
      return new HealthCall(connected ? kServing : kNotServing);
    }
    auto* call = new RelayCall(*context);
    // Reading the token's file may wait for the disk, which gRPC's threads must not.
    worker_.Post([this, call] { Connect(*call); });
    return call;
  }

 private:
  void Connect(RelayCall& call) {
    const auto token = ReadSmallFile(options_.token_file);
    if (token.ok() && !token->empty()) return call.Start(stub_, *token);
    const std::string why = token.ok() ? options_.token_file + " is empty"
                                       : std::string(base::ToStd(token.status().message()));
    telemetry::Log(telemetry::Level::error, "no token for the zone's call", {{"reason", why}});
    call.Refuse({grpc::StatusCode::UNAVAILABLE, "zone-agent: " + why});
  }

  const RelayOptions options_;
  const std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  base::WorkerPool worker_{"agent", 1};
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Relay>> Relay::Start(RelayOptions options) {
  const auto token = ReadSmallFile(options.token_file);
  if (!token.ok()) return absl::InvalidArgumentError(token.status().message());
  SKYDEN_ASSIGN_OR_RETURN(auto channel, OpenChannel(options.global, {.ca_file = options.ca_file,
                                                                     .private_connection = false,
                                                                     .raw_messages = true}));
  auto relay = std::make_unique<GrpcRelay>(std::move(options), std::move(channel));
  SKYDEN_RETURN_IF_ERROR(relay->Listen());
  return relay;
}

}  // namespace skyden::agent
