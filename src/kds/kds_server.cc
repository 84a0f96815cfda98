// SPDX-License-Identifier: Apache-2.0
#include "skyden/kds/kds_server.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "kds/connected_board.h"
#include "kds/core.h"
#include "kds/delivery_board.h"
#include "kds/service.h"
#include "kds/startup.h"
#include "kds/tide.h"
#include "kds/verdict_board.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/memory.h"
#include "skyden/base/status.h"
#include "skyden/identity/access_change.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/type_registry.h"
#include "skyden/rpc/server.h"
#include "skyden/store/change.h"
#include "skyden/store/daemons.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

// Each is one processor's; what calls mean is done by workers.
constexpr int kLoops = 2;
// What dead daemons left is tried again after this.
constexpr absl::Duration kCloseAgain = absl::Seconds(1);

constexpr size_t kZonesPerSlice = 100;

absl::Status GoingDown() { return absl::UnavailableError("the control plane is going down"); }

absl::StatusOr<rpc::ServerOptions> ServerOptionsOf(const KdsOptions& options) {
  rpc::ServerOptions server;
  server.name = "kds";
  server.address = options.address;
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError("a certificate file and a key file come together");
  }
  if (!options.certificate_file.empty()) {
    server.tls = rpc::TlsOptions{options.certificate_file, options.key_file};
  }
  server.connections_max = options.connections_max;
  server.connections_per_address_max = options.connections_per_address_max;
  server.arrivals = options.arrivals;
  server.message_bytes_max = base::limits::kKdsMessageBytes;
  server.trust_time = base::limits::kKdsStrangerTime;
  server.silence = base::limits::kKdsSendStall;
  return server;
}

// Ends what `verdict` is not OK about, with that status.
void EndWhere(Core& core, std::optional<model::TenantKey> tenant, const Verdict& verdict) {
  const auto shared = std::make_shared<const Verdict>(verdict);
  for (const auto& connection : core.connections->All()) connection->Review(shared);
  for (const auto& session : core.zones.Sessions(tenant)) {
    for (const auto& call : session->Calls()) {
      call->Post([call = call.get(), shared] { call->Review(*shared); });
    }
  }
}

// A part of the zones every second, as long as `at_most` lets it be.
void EndInSlices(Core& core, absl::Duration at_most) {
  const auto sessions = core.zones.Sessions(std::nullopt);
  const auto slices = static_cast<size_t>(std::max<int64_t>(1, absl::ToInt64Seconds(at_most)));
  const size_t size = std::max(kZonesPerSlice, (sessions.size() + slices - 1) / slices);
  for (size_t at = 0; at + size < sessions.size(); at += size) {
    for (size_t i = at; i < at + size; ++i) {
      for (const auto& call : sessions[i]->Calls()) {
        call->Post([call = call.get()] {
          call->Review([](const identity::ZoneIdentity&) { return GoingDown(); });
        });
      }
    }
    if (core.live_calls.AwaitNone(absl::Seconds(1))) return;
  }
}

// Who may still be here stays. What a control plane changes is about zones of its own.
void ReviewStreams(Core& core, const store::Change& change) {
  const bool of_one = change.tenant != model::TenantKey{};
  EndWhere(core, of_one ? std::optional(change.tenant) : std::nullopt,
           [&authenticator = core.deps.authenticator, change](const identity::ZoneIdentity& zone) {
             const identity::AccessHolder holder{zone.scope.organization(), zone.scope.tenant(),
                                                 zone.account, zone.token};
             return identity::MayEndAccessOf(holder, change) ? authenticator.CheckStillValid(zone)
                                                             : absl::OkStatus();
           });
}

void OnChange(Core& core, const store::Change& change) {
  const bool of_one = change.tenant != model::TenantKey{};
  if (!of_one && !change.all) return;
  if (of_one && change.self == store::Change::Self::kGone) core.connects.Forget(change.tenant);
  if (change.Names(core.keys_type)) {
    core.credentials->KeysChanged(of_one ? std::optional(change.tenant) : std::nullopt);
  }
  if (core.elsewhere != nullptr && change.Names(core.insight_type)) {
    core.elsewhere->OnInsights(of_one ? std::optional(change.tenant) : std::nullopt);
  }
  if (of_one) {
    if (const auto hub = core.zones.HubOf(change.tenant)) {
      hub->OnChange(change);
      // What is of no type for zones has reached them all with that.
      core.progress.Tell(change.tenant);
    }
    return;
  }
  for (const auto& hub : core.zones.Hubs()) {
    if (change.IsOf(hub->scope().organization(), hub->scope().tenant())) hub->OnChange(change);
  }
}

// `position`: how far the store's changes had come at the last resync. Where nobody was told of
// anything nothing can be missed, and an idle daemon reads nothing.
void ArmResync(const std::shared_ptr<Core>& core, uint64_t position) {
  core->deps.timers.After(core->options.resync, core->deps.workers,
                          [weak = std::weak_ptr<Core>(core), position] {
                            auto self = weak.lock();
                            if (self == nullptr) return;
                            const uint64_t now = self->deps.store.position();
                            if (now != position) {
                              for (const auto& hub : self->zones.Hubs()) hub->Resync();
                            }
                            ArmResync(self, now);
                          });
}

// Zones of daemons that are gone are not connected, unless they came elsewhere. By one of those
// that are left; until it went well.
void CloseOfOthers(const std::shared_ptr<Core>& core, absl::Duration delay) {
  core->deps.timers.After(delay, core->deps.workers, [weak = std::weak_ptr<Core>(core)] {
    const auto self = weak.lock();
    if (self == nullptr || !store::Leads(self->deps.store)) return;
    if (CloseAbandonedSubscriptions(self->deps.store, self->deps.registry, self->deps.clock))
      return;
    CloseOfOthers(self, kCloseAgain);
  });
}

class ServerImpl final : public KdsServer {
 public:
  explicit ServerImpl(std::shared_ptr<Core> core)
      : core_(std::move(core)), board_(*core_), connected_(*core_), deliveries_(core_) {}
  ~ServerImpl() override {
    if (server_ != nullptr) Drain(absl::Seconds(5));
  }

  absl::Status Listen() {
    SKYDEN_ASSIGN_OR_RETURN(rpc::ServerOptions options, ServerOptionsOf(core_->options));
    // What changes before the first zone is connected is of no interest, so this may come first.
    changes_ = core_->deps.store.Subscribe(
        std::nullopt, [weak = std::weak_ptr<Core>(core_)](const store::Change& change) {
          if (const auto core = weak.lock()) OnChange(*core, change);
        });
    SKYDEN_ASSIGN_OR_RETURN(server_, rpc::Listen(loops_, std::move(options), AcceptorOf(core_)));
    address_ = server_->address();
    ArmResync(core_, core_->deps.store.position());
    if (store::Daemons* const daemons = store::DaemonsOf(core_->deps.store); daemons != nullptr) {
      others_ = daemons->SubscribeDaemons([weak = std::weak_ptr<Core>(core_)] {
        if (const auto core = weak.lock()) CloseOfOthers(core, absl::ZeroDuration());
      });
    }
    tide_ = std::make_shared<TideWatch>(TideWatch::Deps{
        [connections = core_->connections] { return connections->live().TakePeak(); },
        [connections = core_->connections] { return connections->live().count(); },
        core_->deps.workers, core_->deps.timers, base::GiveBackFreeMemory});
    tide_->Start();
    return absl::OkStatus();
  }

  std::string address() const override { return address_; }
  ZoneGateway& gateway() override { return *core_->gateway; }
  std::vector<std::string> OnlineZones(const model::TenantScope& scope) const override {
    return core_->zones.Online(scope.tenant());
  }
  std::vector<std::string> SettledOnlineZones(const model::TenantScope& scope) const override {
    return core_->zones.SettledOnline(scope.tenant());
  }
  std::vector<RejectedConnection> Rejected(const model::TenantScope& scope) const override {
    return core_->rejected->Of(scope.control_plane());
  }
  std::vector<RefusedZone> RefusedZones(const model::TenantScope& scope) const override {
    return core_->rejected->ZonesOf(scope.control_plane());
  }
  std::vector<RejectedConnection> AllRejected() const override { return core_->rejected->All(); }
  size_t CountZones() const override { return core_->zones.Sessions(std::nullopt).size(); }
  void EndStreams(const absl::Status& why) override {
    EndWhere(*core_, std::nullopt, [why](const identity::ZoneIdentity&) { return why; });
  }
  ConnectedZones& connected() override { return connected_; }
  ZoneVerdicts& verdicts() override { return board_; }
  Deliveries& deliveries() override { return deliveries_; }

  void Drain(absl::Duration at_most) override {
    base::AssertMayBlock();
    if (server_ == nullptr) return;
    deliveries_.EndWaits();
    server_->StopTaking();
    // Others take them over: not all at once.
    if (core_->elsewhere != nullptr) EndInSlices(*core_, at_most / 2);
    EndWhere(*core_, std::nullopt, [](const identity::ZoneIdentity&) { return GoingDown(); });
    core_->live_calls.AwaitNone(at_most / 2);
    // What is left are calls that never signed in, and peers that do not read.
    server_->Drain(absl::ZeroDuration());
    server_ = nullptr;
    if (!core_->live_calls.AwaitNone(at_most / 2) ||
        !core_->connections->live().AwaitNone(at_most / 2)) {
      telemetry::Log(telemetry::Level::warning, "calls of zones are left over",
                     {{"count", std::to_string(core_->live_calls.count())}});
    }
    core_->insights->FlushAll(at_most / 2);
    others_ = nullptr;
    changes_ = nullptr;
  }

  const SyncTimes& times() const { return core_->times; }
  const rpc::Server& port() const { return *server_; }

  Counters counters() const override {
    return {core_->live_calls.count(),      core_->messages_in,     core_->messages_out,
            core_->zones.snapshots_built(), core_->flights.bytes(), core_->nacks,
            core_->rejected_count,          core_->types_withheld,  core_->verdicts.size()};
  }

 private:
  const std::shared_ptr<Core> core_;
  VerdictBoard board_;
  ConnectedBoard connected_;
  DeliveryBoard deliveries_;
  std::unique_ptr<store::Subscription> changes_;
  std::unique_ptr<store::Subscription> others_;
  std::string address_;
  std::shared_ptr<TideWatch> tide_;
  rpc::Loops loops_{kLoops};
  std::unique_ptr<rpc::Server> server_;
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
  // There may be thousands of streams: not on the store's thread.
  deps.authenticator.AddAccessListener(
      [weak = std::weak_ptr<Core>(core)](const store::Change& change) {
        const auto self = weak.lock();
        if (self == nullptr) return;
        self->deps.workers.Post([weak, change] {
          if (const auto still = weak.lock()) ReviewStreams(*still, change);
        });
      });
  auto server = std::make_unique<ServerImpl>(std::move(core));
  SKYDEN_RETURN_IF_ERROR(server->Listen());
  return server;
}

const SyncTimes& SyncTimesOf(const KdsServer& server) {
  return dynamic_cast<const ServerImpl&>(server).times();
}

const rpc::Server& PortOf(const KdsServer& server) {
  return dynamic_cast<const ServerImpl&>(server).port();
}

}  // namespace skyden::kds
