// SPDX-License-Identifier: Apache-2.0
// Where a lower part must ask a higher one something (which zones are online), it is given a
// function here; nothing calls it before the first request, and by then everything is built. What
// changes is told by the store to those that subscribe, in the order in which they are built.
#include "server/services.h"

#include <string_view>
#include <utility>

#include "skyden/base/status.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/metering.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::server {
namespace {

identity::Authenticator::KumaToken ToIdentity(resources::VerifiedKumaToken token) {
  using Kind = identity::Authenticator::KumaToken::Kind;
  identity::Authenticator::KumaToken result;
  result.kind = token.kind == resources::VerifiedKumaToken::Kind::kUser ? Kind::kUser : Kind::kZone;
  result.name = std::move(token.name);
  result.groups = std::move(token.groups);
  result.scopes = std::move(token.scopes);
  result.expires_at = token.expires_at;
  return result;
}

}  // namespace

Services::Services(const Ground& on, ServicesOptions options)
    : ground(on),
      instance_id(options.instance_id),
      views(resources::ResourceViews::Create(ground.store)),
      keys(options.ready_keys),
      manager(NewManager()),
      rollouts(resources::Rollouts::Create({.store = ground.store,
                                            .registry = ground.registry,
                                            .codec = ground.codec,
                                            .views = *views,
                                            .clock = ground.clock})),
      kuma_tokens(resources::KumaTokens::Create({.manager = *manager,
                                                 .views = *views,
                                                 .registry = ground.registry,
                                                 .clock = ground.clock})),
      figures(insights::Figures::Create(
          {.registry = ground.registry, .views = *views, .clock = ground.clock})),
      insights({.registry = ground.registry,
                .codec = ground.codec,
                .views = *views,
                .store = ground.store,
                .figures = *figures,
                .clock = ground.clock}),
      authenticator({.store = ground.store, .clock = ground.clock}),
      accounts(identity::AccountService::Create({.store = ground.store, .clock = ground.clock},
                                                ground.registry)),
      tokens(identity::TokenService::Create({.store = ground.store, .clock = ground.clock})),
      organizations(
          identity::OrganizationService::Create({.store = ground.store, .clock = ground.clock})),
      sessions(identity::SessionService::Create({.store = ground.store, .clock = ground.clock})),
      control_planes(NewControlPlanes(options)),
      fleet(insights::Fleet::Create({.registry = ground.registry,
                                     .store = ground.store,
                                     .views = *views,
                                     .figures = *figures,
                                     .control_planes = *control_planes,
                                     .clock = ground.clock,
                                     .zones = options.zone_sources})),
      expiry({.registry = ground.registry,
              .store = ground.store,
              .views = *views,
              .figures = *figures,
              .fleet = *fleet}),
      usage({.metering = store::MeteringOf(ground.store), .control_planes = *control_planes}),
      zones(NewZones()),
      quotas(control_planes::QuotaService::Create(
          {.store = ground.store, .quotas = ground.quotas, .clock = ground.clock})),
      audit(ground.store, options.audit_destinations),
      refusals(audit::RefusalLog::Create({.store = ground.store,
                                          .clock = ground.clock,
                                          .timers = ground.timers,
                                          .workers = ground.workers,
                                          .operators = options.operators})),
      door(ground.clock, options.door),
      teams(identity::TeamService::Create({.store = ground.store, .clock = ground.clock})),
      zone_sources_(std::move(options.zone_sources)) {
  authenticator.SetKumaTokenVerifier(
      [this](const model::TenantScope& scope,
             std::string_view jwt) -> absl::StatusOr<identity::Authenticator::KumaToken> {
        SKYDEN_ASSIGN_OR_RETURN(auto token, kuma_tokens->Verify(scope, jwt));
        return ToIdentity(std::move(token));
      });
  authenticator.SetRefusalListener([this](const identity::RefusedSignIn& refused) {
    refusals->Tell({refused.origin, refused.organization, refused.tenant, refused.control_plane,
                    refused.token_id, refused.zone, refused.reason});
  });
}

std::unique_ptr<resources::ResourceManager> Services::NewManager() {
  return resources::ResourceManager::Create({.store = ground.store,
                                             .registry = ground.registry,
                                             .codec = ground.codec,
                                             .views = *views,
                                             .clock = ground.clock,
                                             .keys = keys,
                                             .instance_id = instance_id});
}

std::unique_ptr<control_planes::ControlPlaneService> Services::NewControlPlanes(
    const ServicesOptions& options) {
  return control_planes::ControlPlaneService::Create(
      {.store = ground.store,
       .clock = ground.clock,
       .seed = [this](store::WriteTx& tx,
                      const store::ControlPlaneRecord& made) { return manager->Seed(tx, made); },
       .online_zones = options.settled_online_zones,
       .deleted_retention = options.deleted_retention,
       .default_version = options.default_version});
}

std::unique_ptr<control_planes::ZoneService> Services::NewZones() {
  return control_planes::ZoneService::Create(
      {.store = ground.store,
       .clock = ground.clock,
       .create_zone = [this](store::WriteTx& tx,
                             const model::ZoneName& zone) { return manager->CreateZone(tx, zone); },
       .new_token =
           [] {
             const auto made = identity::GenerateToken(identity::TokenKind::kSystemAccount);
             return control_planes::ZoneService::Deps::FreshToken{made.text, made.id, made.sha256};
           }});
}

void Services::KeepServiceInsights(std::optional<absl::Duration> settle) {
  insights::ServiceInsightKeeper::Deps deps{.store = ground.store,
                                            .registry = ground.registry,
                                            .views = *views,
                                            .figures = *figures,
                                            .clock = ground.clock,
                                            .workers = ground.workers,
                                            .timers = ground.timers};
  if (settle) deps.settle = *settle;
  service_insights_ = std::make_unique<insights::ServiceInsightKeeper>(std::move(deps));
}

void Services::MeterUsage() {
  usage_meter_ = std::make_unique<insights::UsageMeter>(
      insights::UsageMeter::Deps{.store = ground.store,
                                 .metering = store::MeteringOf(ground.store),
                                 .registry = ground.registry,
                                 .figures = *figures,
                                 .clock = ground.clock,
                                 .workers = ground.workers,
                                 .timers = ground.timers,
                                 .zones = zone_sources_});
}

void Services::RestMeter() {
  if (usage_meter_ != nullptr) usage_meter_->Rest();
}

absl::Status Services::FlushMeter() { return usage_meter_->Flush(); }

void Services::Close() {
  usage_meter_.reset();
  service_insights_.reset();
  fleet->Close();
  refusals->Close();
}

}  // namespace skyden::server
