// SPDX-License-Identifier: Apache-2.0
#include "skyden/kds/kds_server.h"

#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "fmt/format.h"
#include "kds/acceptor.h"
#include "kds/connection_watch.h"
#include "kds/core.h"
#include "kds/service.h"
#include "kds/startup.h"
#include "kds/tls.h"
#include "kds/verdict_board.h"
#include "kds/zone_call.h"
#include "skyden/base/limits.h"
#include "skyden/base/memory.h"
#include "skyden/base/status.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

// What gRPC may hold for messages on their way in and out, of all connections.
constexpr size_t kTransportBytes = 512u << 20;
// How often a zone is pinged. Whether it is alive is not judged by the answer, which may wait
// behind megabytes on a slow link, but by what moves: see ConnectionWatch.
constexpr int kKeepaliveMs = 15'000;
constexpr int kNever = std::numeric_limits<int>::max();
constexpr int kHandshakeTimeoutMs = 10'000;
// Zones ping every 15 s, without streams too; stricter than that they would be thrown out.
constexpr int kPingIntervalMinMs = 5'000;
// Calls of one connection. A zone has six; a proxy may bring many zones on one.
constexpr int kCallsPerConnection = 1000;

void SetTransport(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(base::limits::kKdsMessageBytes));
  // What a zone takes is for it to say.
  builder.SetMaxSendMessageSize(static_cast<int>(base::limits::kKdsFirstStateBytes));
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kPingIntervalMinMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kNever);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kCallsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  // Or gRPC reads ahead of us, by megabytes where it finds the network fast, and pings to find out.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_COMPRESSION, 0);  // we send nothing so
  builder.AddChannelArgument(GRPC_ARG_ENABLE_DEADLINE_CHECKS, 0);          // zones set none
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CHANNEL_TRACE_EVENT_MEMORY_PER_NODE, 0);
  grpc::ResourceQuota quota("kds");
  quota.Resize(kTransportBytes);
  builder.SetResourceQuota(quota);
}

// Ends what `verdict` is not OK about, with that status.
void EndWhere(Core& core, std::optional<model::TenantKey> tenant, const Verdict& verdict) {
  const auto shared = std::make_shared<const Verdict>(verdict);
  for (const auto& connection : core.connections.All()) connection->Review(shared);
  for (const auto& session : core.zones.Sessions(tenant)) {
    for (const auto& call : session->Calls()) {
      auto zone_call = std::static_pointer_cast<ZoneCall>(call);
      zone_call->Post([call = zone_call.get(), shared] { call->Review(*shared); });
    }
  }
}

bool IsOneOf(const identity::ZoneIdentity& identity, const std::vector<model::TokenId>& tokens) {
  return identity.token.has_value() &&
         std::find(tokens.begin(), tokens.end(), *identity.token) != tokens.end();
}

// Something about these tokens or this control plane has changed: who may still be here stays.
void ReviewStreamsOf(Core& core, std::optional<model::TenantKey> tenant,
                     const std::vector<model::TokenId>& tokens) {
  if (!tenant.has_value() && tokens.empty()) return;
  EndWhere(core, tenant,
           [&authenticator = core.deps.authenticator, tenant,
            tokens](const identity::ZoneIdentity& identity) {
             const bool meant = (tenant.has_value() && identity.scope.tenant() == *tenant) ||
                                IsOneOf(identity, tokens);
             return meant ? authenticator.CheckStillValid(identity) : absl::OkStatus();
           });
}

// `commits`: how many there had been at the last resync. Without another nothing can be missed, and
// an idle daemon reads nothing.
void ArmResync(const std::shared_ptr<Core>& core, uint64_t commits) {
  core->deps.timers.After(core->options.resync, core->deps.workers,
                          [weak = std::weak_ptr<Core>(core), commits] {
                            auto self = weak.lock();
                            if (self == nullptr) return;
                            const uint64_t now = self->deps.store.counters().commits;
                            if (now != commits) {
                              for (const auto& hub : self->zones.Hubs()) hub->Resync();
                            }
                            ArmResync(self, now);
                          });
}

// Plugins come to every server of the process that links them. Reflection is for administrators,
// and holds a thread for each of its streams.
class WithoutPlugins final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->clear();
  }
};

class ServerImpl final : public KdsServer {
 public:
  explicit ServerImpl(std::shared_ptr<Core> core)
      : core_(std::move(core)), board_(*core_), service_(core_) {}
  ~ServerImpl() override {
    if (server_ != nullptr) Drain(absl::Seconds(5));
  }

  absl::Status Listen() {
    SKYDEN_ASSIGN_OR_RETURN(const auto credentials, MakeServerCredentials(core_->options));
    SKYDEN_ASSIGN_OR_RETURN(acceptor_, Acceptor::Listen(core_->options.address));
    grpc::ServerBuilder builder;
    SetTransport(builder);
    builder.SetOption(std::make_unique<WithoutPlugins>());
    using Type = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
    auto transport =
        builder.experimental().AddExternalConnectionAcceptor(Type::FROM_FD, credentials);
    builder.RegisterCallbackGenericService(&service_);
    // What changes before the first zone is connected is of no interest, so this may come first.
    changes_ = core_->deps.store.Subscribe(
        std::nullopt, [weak = std::weak_ptr<Core>(core_)](const store::Change& change) {
          auto core = weak.lock();
          if (core == nullptr) return;
          if (std::binary_search(change.types.begin(), change.types.end(), core->keys_type)) {
            core->credentials->KeysChanged(change.tenant);
          }
          if (auto hub = core->zones.HubOf(change.tenant)) hub->OnCommit(change.types);
        });
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) {
      return absl::UnavailableError(fmt::format("{}: cannot serve there", core_->options.address));
    }
    acceptor_->Start([core = core_, transport = std::shared_ptr(std::move(transport))](int fd) {
      core->connections.sockets().Accepted(fd);
      grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
      connection.fd = fd;
      transport->HandleNewConnection(&connection);
    });
    ArmResync(core_, core_->deps.store.counters().commits);
    watch_ = std::make_shared<ConnectionWatch>(
        ConnectionWatch::Deps{std::shared_ptr<ConnectionTable>(core_, &core_->connections),
                              core_->deps.clock, core_->deps.workers, core_->deps.timers,
                              core_->options.silence_check, base::GiveBackFreeMemory});
    watch_->Start();
    return absl::OkStatus();
  }

  std::string address() const override { return acceptor_->address(); }
  ZoneGateway& gateway() override { return *core_->gateway; }
  std::vector<std::string> OnlineZones(const model::TenantScope& scope) const override {
    return core_->zones.Online(scope.tenant());
  }
  std::vector<std::string> SettledOnlineZones(const model::TenantScope& scope) const override {
    return core_->zones.SettledOnline(scope.tenant());
  }
  std::vector<RejectedConnection> Rejected(const model::TenantScope& scope) const override {
    return core_->rejected.Of(scope.control_plane());
  }
  std::vector<RejectedConnection> AllRejected() const override { return core_->rejected.All(); }
  ZoneVerdicts& verdicts() override { return board_; }

  void Drain(absl::Duration at_most) override {
    base::AssertMayBlock();
    if (server_ == nullptr) return;
    service_.StopTaking();
    acceptor_->Stop();
    EndWhere(*core_, std::nullopt, [](const identity::ZoneIdentity&) {
      return absl::UnavailableError("the control plane is going down");
    });
    core_->live_calls.AwaitNone(at_most / 2);
    // What is left are calls that never signed in, and peers that do not read.
    server_->Shutdown(gpr_inf_past(GPR_CLOCK_REALTIME));
    server_->Wait();
    if (!core_->live_calls.AwaitNone(at_most / 2) ||
        !core_->connections.live().AwaitNone(at_most / 2)) {
      telemetry::Log(telemetry::Level::warning, "calls of zones are left over",
                     {{"count", std::to_string(core_->live_calls.count())}});
    }
    core_->insights->FlushAll(at_most / 2);
    changes_ = nullptr;
    server_ = nullptr;
  }

  Counters counters() const override {
    return {core_->live_calls.count(),      core_->messages_in,     core_->messages_out,
            core_->zones.snapshots_built(), core_->flights.bytes(), core_->nacks,
            core_->rejected_count,          core_->types_withheld,  core_->verdicts.size()};
  }

 private:
  const std::shared_ptr<Core> core_;
  VerdictBoard board_;
  KdsService service_;
  std::unique_ptr<store::Subscription> changes_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Acceptor> acceptor_;
  std::shared_ptr<ConnectionWatch> watch_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<KdsServer>> KdsServer::Start(Deps deps, KdsOptions options) {
  CloseAbandonedSubscriptions(deps.store, deps.registry, deps.clock);
  auto core = std::make_shared<Core>(deps, std::move(options));
  core->credentials = std::make_shared<CredentialWatch>(CredentialWatch::Deps{
      [weak = std::weak_ptr<Core>(core)](std::optional<model::TenantKey> tenant) {
        auto self = weak.lock();
        using Sessions = std::vector<std::shared_ptr<ZoneSession>>;
        return self == nullptr ? Sessions() : self->zones.Sessions(tenant);
      },
      deps.clock, deps.workers, deps.timers});
  deps.authenticator.AddRevocationListener(
      [weak = std::weak_ptr<Core>(core)](const std::vector<model::TokenId>& tokens,
                                         std::optional<model::TenantKey> tenant) {
        if (auto self = weak.lock()) ReviewStreamsOf(*self, tenant, tokens);
      });
  auto server = std::make_unique<ServerImpl>(std::move(core));
  SKYDEN_RETURN_IF_ERROR(server->Listen());
  return server;
}

}  // namespace skyden::kds
