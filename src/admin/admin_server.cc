// SPDX-License-Identifier: Apache-2.0
#include "skyden/admin/admin_server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "admin/accounts_grpc.h"
#include "admin/audit_grpc.h"
#include "admin/call.h"
#include "admin/control_planes_grpc.h"
#include "admin/health_grpc.h"
#include "admin/organizations_grpc.h"
#include "admin/tls.h"
#include "admin/tokens_grpc.h"
#include "admin/zones_grpc.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::admin {
namespace {

namespace limits = base::limits;

constexpr int kHandshakeTimeoutMs = 10'000;
constexpr int kConnectionIdleMs = 600'000;

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(int{limits::kAdminMessageBytes});
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, int{limits::kAdminMetadataBytes});
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             int{limits::kAdminStreamsPerConnection});
  // The library inflates without a bound before it looks at the size. Nobody needs to compress an
  // admin request, so a compressed one stays as it is and fails to parse.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kConnectionIdleMs);
  // Or a second daemon could share the port and answer every other call.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // Reflection is the one synchronous service: a thread for each of its streams.
  grpc::ResourceQuota quota("admin");
  quota.SetMaxThreads(int{limits::kAdminReflectionThreads});
  builder.SetResourceQuota(quota);
}

class AdminServerImpl final : public AdminServer {
 public:
  AdminServerImpl(Deps deps, const AdminOptions& options)
      : deps_(std::move(deps)),
        calls_(deps_),
        control_planes_(calls_),
        zones_(calls_, options.kds_public_address),
        audit_(calls_),
        organizations_(calls_),
        accounts_(calls_),
        tokens_(calls_),
        health_(deps_.health) {}

  ~AdminServerImpl() override { Drain(absl::ZeroDuration()); }

  absl::Status Listen(const AdminOptions& options) {
    SKYDEN_ASSIGN_OR_RETURN(
        const auto credentials,
        MakeServerCredentials(options.certificate_file, options.key_file, options.client_ca_file));
    grpc::ServerBuilder builder;
    SetLimits(builder);
    // For every server of the process; other ports take it away again.
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    builder.RegisterService(&control_planes_);
    builder.RegisterService(&zones_);
    builder.RegisterService(&audit_);
    builder.RegisterService(&organizations_);
    builder.RegisterService(&accounts_);
    builder.RegisterService(&tokens_);
    builder.RegisterService(&health_);
    int port = 0;
    builder.AddListeningPort(options.address, credentials, &port);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port == 0) {
      return absl::UnavailableError(fmt::format("cannot listen on {}", options.address));
    }
    address_ = fmt::format("{}:{}", options.address.substr(0, options.address.rfind(':')), port);
    return absl::OkStatus();
  }

  std::string address() const override { return address_; }

  void Drain(absl::Duration at_most) override {
    if (server_ == nullptr) return;
    base::AssertMayBlock();
    health_.Drain();
    server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(at_most));
    server_->Wait();
  }

 private:
  const Deps deps_;
  Calls calls_;
  ControlPlanesGrpc control_planes_;
  ZonesGrpc zones_;
  AuditGrpc audit_;
  OrganizationsGrpc organizations_;
  AccountsGrpc accounts_;
  TokensGrpc tokens_;
  HealthGrpc health_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;  // ends before the services it calls
};

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(Deps deps, AdminOptions options) {
  auto server = std::make_unique<AdminServerImpl>(std::move(deps), options);
  SKYDEN_RETURN_IF_ERROR(server->Listen(options));
  return server;
}

}  // namespace skyden::admin
