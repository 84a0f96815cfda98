// SPDX-License-Identifier: Apache-2.0
// Other daemons of the same database, and what this one's parts see of zones through them.
#include <utility>

#include "server/daemon.h"
#include "server/errors.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/status.h"
#include "skyden/store/daemons.h"

namespace skyden::server {
namespace {

peers::TlsFiles TlsOf(const PeerConfig& peer) {
  return {peer.certificate_file, peer.key_file, peer.ca_file};
}

// Zones of all daemons, where each step of a rollout asks how far they are.
rollouts::DriverDeps OverAll(const rollouts::DriverDeps& own, peers::Peers& peers) {
  return {.store = own.store,
          .registry = own.registry,
          .views = own.views,
          .rollouts = own.rollouts,
          .deliveries = peers.deliveries(),
          .connected = own.connected,
          .verdicts = own.verdicts,
          .gateway = peers.gateway(),
          .clock = own.clock,
          .workers = own.workers,
          .timers = own.timers};
}

}  // namespace

absl::Status Daemon::ListenForPeers() {
  if (config_.peer.address.empty()) return absl::OkStatus();
  auto listening = peers::Port::Listen({.address = config_.peer.address,
                                        .public_address = config_.peer.public_address,
                                        .tls = TlsOf(config_.peer)});
  if (!listening.ok()) return About("peer_address", listening.status());
  peer_port_ = *std::move(listening);
  return absl::OkStatus();
}

absl::Status Daemon::MeetPeers() {
  const rollouts::DriverDeps own = DepsOfRollouts(*services_, *kds_);
  store::Daemons* const daemons = store::DaemonsOf(*store_);
  if (daemons == nullptr) {
    rollouts_ = std::make_unique<rollouts::Driver>(own);
    return absl::OkStatus();
  }
  auto met = peers::Peers::Create(
      {.store = *store_,
       .daemons = *daemons,
       .sealer = *sealer_,
       .registry = *registry_,
       .views = *services_->views,
       .zones = *kds_,
       .clock = clock_,
       .workers = threads_->workers(),
       .timers = threads_->timers(),
       .port = peer_port_.get(),
       .tls = TlsOf(config_.peer),
       .instance_id = instance_id_,
       .on_count = [this](size_t count) { services_->door.ShareWith(count); }});
  if (!met.ok()) return About("store", met.status());
  peers_ = *std::move(met);
  rollouts_ = std::make_unique<rollouts::Driver>(OverAll(own, *peers_));
  return absl::OkStatus();
}

// A store that is only read finds out late that its server is away.
absl::Status Daemon::InReach() {
  SKYDEN_RETURN_IF_ERROR(store_->Writable());
  const store::Daemons* const daemons = store::DaemonsOf(*store_);
  if (daemons == nullptr || daemons->Unheard() < base::limits::kPeerDoubt) return absl::OkStatus();
  return absl::UnavailableError("the database does not answer");
}

ZonesSide Daemon::Zones() {
  if (peers_ != nullptr) {
    return {.online_zones =
                [this](const model::TenantScope& scope) {
                  return peers_->OnlineZones(scope, kds_->OnlineZones(scope));
                },
            .rejected = [this](const model::TenantScope& scope) { return peers_->Rejected(scope); },
            .all_rejected = [this] { return peers_->AllRejected(); },
            .gateway = &peers_->gateway(),
            .verdicts = &peers_->verdicts(),
            .own_verdicts = &kds_->verdicts(),
            .deliveries = &peers_->deliveries()};
  }
  return {.online_zones = [this](const model::TenantScope& s) { return kds_->OnlineZones(s); },
          .rejected = [this](const model::TenantScope& scope) { return kds_->Rejected(scope); },
          .all_rejected = [this] { return kds_->AllRejected(); },
          .gateway = &kds_->gateway(),
          .verdicts = &kds_->verdicts(),
          .own_verdicts = &kds_->verdicts(),
          .deliveries = &kds_->deliveries()};
}

}  // namespace skyden::server
