// SPDX-License-Identifier: Apache-2.0
#include "skyden/admin/admin_server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <initializer_list>
#include <memory>
#include <utility>

#include "admin/accounts_grpc.h"
#include "admin/audit_grpc.h"
#include "admin/bridge.h"
#include "admin/bridge_channel.h"
#include "admin/call.h"
#include "admin/control_planes_grpc.h"
#include "admin/health_grpc.h"
#include "admin/history_grpc.h"
#include "admin/organizations_grpc.h"
#include "admin/rollouts_grpc.h"
#include "admin/tokens_grpc.h"
#include "admin/usage_grpc.h"
#include "admin/zones_grpc.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/door.h"
#include "skyden/rpc/server.h"

namespace skyden::admin {
namespace {

namespace limits = base::limits;

constexpr int kLoops = 1;

absl::StatusOr<rpc::ServerOptions> ServerOptionsOf(const AdminOptions& options) {
  rpc::ServerOptions server;
  server.name = "admin";
  server.address = options.address;
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError("a certificate and a key are given together");
  }
  if (!options.certificate_file.empty()) {
    server.tls =
        rpc::TlsOptions{options.certificate_file, options.key_file, options.client_ca_file};
  } else if (!options.client_ca_file.empty()) {
    return absl::InvalidArgumentError("a client authority needs a certificate and a key");
  }
  server.connections_max = options.connections_max;
  server.arrivals = options.arrivals;
  server.calls_per_connection_max = limits::kAdminStreamsPerConnection;
  server.message_bytes_max = limits::kAdminMessageBytes;
  // Who only asks for health never signs in, and comes again.
  server.trust_time = limits::kAdminStrangerTime;
  server.idle_time = limits::kAdminIdleTime;
  return server;
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
        previews_(calls_),
        history_(calls_),
        rollouts_(calls_),
        usage_(calls_),
        health_(deps_.health) {}

  ~AdminServerImpl() override { Drain(absl::ZeroDuration()); }

  absl::Status Listen(const AdminOptions& options) {
    SKYDEN_ASSIGN_OR_RETURN(rpc::ServerOptions server_options, ServerOptionsOf(options));
    grpc::ServerBuilder builder;
    PrepareForBridge(builder);
    // Reflection is the one synchronous service: a thread for each of its streams.
    grpc::ResourceQuota quota("admin");
    quota.SetMaxThreads(int{limits::kAdminReflectionThreads});
    builder.SetResourceQuota(quota);
    // For every server of the process, of which this is the only one.
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    for (grpc::Service* service : std::initializer_list<grpc::Service*>{
             &control_planes_, &zones_, &audit_, &organizations_, &accounts_, &tokens_, &previews_,
             &history_, &rollouts_, &usage_, &health_}) {
      builder.RegisterService(service);
    }
    handlers_ = builder.BuildAndStart();
    if (handlers_ == nullptr) return absl::InternalError("the admin services do not start");
    SKYDEN_ASSIGN_OR_RETURN(auto channel, ConnectTo(*handlers_));
    BridgeOptions bridge;
    bridge.metadata = Calls::Metadata();
    if (deps_.door != nullptr) {
      bridge.admit = [this](std::string_view ip, std::string_view authorization) {
        return deps_.door->Admit(ip, authorization);
      };
    }
    SKYDEN_ASSIGN_OR_RETURN(server_,
                            rpc::Listen(loops_, std::move(server_options),
                                        AcceptorOf(std::move(channel), std::move(bridge))));
    address_ = server_->address();
    return absl::OkStatus();
  }

  std::string address() const override { return address_; }
  const CallTimes& call_times() const override { return calls_.times(); }
  const rpc::Server& port() const override { return *server_; }

  void Drain(absl::Duration at_most) override {
    if (handlers_ == nullptr) return;
    base::AssertMayBlock();
    health_.Drain();
    if (server_ != nullptr) server_->Drain(at_most);
    // In this order: the handlers' server ends all that is under way at once.
    server_ = nullptr;
    handlers_->Shutdown(gpr_inf_past(GPR_CLOCK_REALTIME));
    handlers_->Wait();
    handlers_ = nullptr;
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
  PreviewsGrpc previews_;
  HistoryGrpc history_;
  RolloutsGrpc rollouts_;
  UsageGrpc usage_;
  HealthGrpc health_;
  std::string address_;
  std::unique_ptr<grpc::Server> handlers_;  // ends before the services it calls
  rpc::Loops loops_{kLoops};
  std::unique_ptr<rpc::Server> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(Deps deps, AdminOptions options) {
  auto server = std::make_unique<AdminServerImpl>(std::move(deps), options);
  SKYDEN_RETURN_IF_ERROR(server->Listen(options));
  return server;
}

}  // namespace skyden::admin
