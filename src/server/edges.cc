// SPDX-License-Identifier: Apache-2.0
#include "server/edges.h"

#include <utility>

#include "skyden/kds/kds_server.h"

namespace skyden::server {
namespace {

audit::Refusal ToRefusal(const kds::RejectedConnection& turned_away) {
  audit::Refusal refusal;
  refusal.origin.peer = turned_away.peer_ip;
  refusal.organization = turned_away.organization;
  refusal.tenant = turned_away.tenant;
  refusal.control_plane = turned_away.control_plane;
  refusal.zone = turned_away.zone_name;
  refusal.reason = turned_away.reason;
  return refusal;
}

insights::LiveZone ToLive(const model::TypeRegistry& registry, kds::ConnectedZone zone) {
  insights::LiveZone live;
  live.name = std::move(zone.zone_name);
  live.peer = std::move(zone.peer_ip);
  live.instance_id = std::move(zone.instance_id);
  live.version = std::move(zone.version);
  live.since = zone.since;
  live.token = {zone.token ? zone.token->str() : std::string(), zone.token_ends_at};
  live.confirmed = zone.confirmed;
  live.behind_since = zone.behind_since;
  for (const model::TypeId type : zone.behind_types) {
    live.behind_types.push_back(registry.at(type).name);
  }
  return live;
}

}  // namespace

kds::Deps DepsOfZones(Services& services) {
  return {.store = services.ground.store,
          .registry = services.ground.registry,
          .codec = services.ground.codec,
          .manager = *services.manager,
          .views = *services.views,
          .authenticator = services.authenticator,
          .clock = services.ground.clock,
          .workers = services.ground.workers,
          .timers = services.ground.timers,
          .on_rejected =
              [&services](const kds::RejectedConnection& turned_away) {
                services.refusals->Tell(ToRefusal(turned_away));
              },
          .rollouts = services.rollouts.get()};
}

admin::Deps DepsOfAdmin(Services& services, const ZonesSide& zones,
                        std::function<absl::Status()> health) {
  return {.control_planes = *services.control_planes,
          .zones = *services.zones,
          .quotas = *services.quotas,
          .audit = services.audit,
          .authenticator = services.authenticator,
          .accounts = *services.accounts,
          .tokens = *services.tokens,
          .organizations = *services.organizations,
          .clock = services.ground.clock,
          .manager = *services.manager,
          .registry = services.ground.registry,
          .workers = services.ground.workers,
          .transfers = services.ground.transfers,
          .store = services.ground.store,
          .codec = services.ground.codec,
          .usage = services.usage,
          .online_zones = zones.online_zones,
          .rejected_connections = zones.rejected,
          .all_rejected_connections = zones.all_rejected,
          .door = &services.door,
          .health = std::move(health),
          .zone_verdicts = zones.verdicts,
          .deliveries = zones.deliveries,
          .epoch = [&store = services.ground.store] { return store.epoch(); },
          .rollouts = services.rollouts.get()};
}

rest::Deps DepsOfRest(Services& services, const ZonesSide& zones) {
  return {.registry = services.ground.registry,
          .codec = services.ground.codec,
          .manager = *services.manager,
          .views = *services.views,
          .kuma_tokens = *services.kuma_tokens,
          .authenticator = services.authenticator,
          .accounts = *services.accounts,
          .tokens = *services.tokens,
          .organizations = *services.organizations,
          .sessions = *services.sessions,
          .control_planes = *services.control_planes,
          .zones = *services.zones,
          .quotas = *services.quotas,
          .audit = services.audit,
          .insights = services.insights,
          .fleet = *services.fleet,
          .expiry = services.expiry,
          .usage = services.usage,
          .store = services.ground.store,
          .clock = services.ground.clock,
          .workers = services.ground.workers,
          .transfers = services.ground.transfers,
          .timers = services.ground.timers,
          .door = &services.door,
          .oidc_issuer = {},
          .oidc_audience = {},
          .zone_gateway = zones.gateway,
          .rejected_connections = zones.rejected,
          .all_rejected_connections = zones.all_rejected,
          .zone_verdicts = zones.verdicts,
          .own_zone_verdicts = zones.own_verdicts,
          .kds_public_address = {},
          .http_public_address = {},
          .instance_id = services.instance_id,
          .trusted_proxies = {},
          .deliveries = zones.deliveries,
          .teams = *services.teams,
          .rollouts = services.rollouts.get()};
}

rollouts::DriverDeps DepsOfRollouts(Services& services, kds::KdsServer& zones) {
  return {.store = services.ground.store,
          .registry = services.ground.registry,
          .views = *services.views,
          .rollouts = *services.rollouts,
          .deliveries = zones.deliveries(),
          .connected = zones.connected(),
          .verdicts = zones.verdicts(),
          .gateway = zones.gateway(),
          .clock = services.ground.clock,
          .workers = services.ground.workers,
          .timers = services.ground.timers};
}

insights::ZoneSources ZoneSourcesOf(const model::TypeRegistry& registry,
                                    std::function<kds::KdsServer&()> server) {
  const auto connected = [server, &registry](const model::TenantScope& scope) {
    std::vector<insights::LiveZone> live;
    for (kds::ConnectedZone& zone : server().connected().Of(scope)) {
      live.push_back(ToLive(registry, std::move(zone)));
    }
    return live;
  };
  const auto refused = [server](const model::TenantScope& scope) {
    std::vector<insights::RefusedZone> zones;
    for (kds::RefusedZone& one : server().RefusedZones(scope)) {
      zones.push_back({std::move(one.zone_name), std::move(one.peer_ip), std::move(one.reason),
                       std::move(one.advice), one.since, one.at});
    }
    return zones;
  };
  return {.connected = connected,
          .refused = refused,
          .subscribe = [server](insights::ZoneSources::Changed changed) {
            return server().connected().Subscribe(std::move(changed));
          }};
}

}  // namespace skyden::server
