// SPDX-License-Identifier: Apache-2.0
#include "kds/core.h"

#include <utility>

#include "kds/delta_client.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/strings.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/daemons.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

TenantHub::Deps HubDeps(const Deps& deps, const KdsOptions& options) {
  return {deps.registry, deps.views,       deps.manager,         deps.clock,   deps.workers,
          deps.timers,   options.debounce, options.debounce_max, deps.rollouts};
}

InsightWriter::Deps InsightDeps(const Deps& deps, const KdsOptions& options) {
  return {deps.store,  deps.registry,       deps.clock,           deps.workers,
          deps.timers, options.instance_id, options.insight_flush};
}

}  // namespace

Core::Core(Deps server_deps, KdsOptions server_options)
    : deps(server_deps),
      options(std::move(server_options)),
      node_metadata{{NodeMetadataField(model::KumaVersion::kTwo, options.instance_id),
                     NodeMetadataField(model::KumaVersion::kThree, options.instance_id)}},
      zones(HubDeps(deps, options)),
      connections(std::make_shared<Connections>(deps.workers, deps.timers)),
      rejected(std::make_shared<Refusals>(
          Refusals::Deps{deps.clock, deps.workers, deps.timers, deps.on_rejected})),
      flights(base::limits::kKdsBytesInFlight),
      gateway(std::make_shared<GatewayImpl>(zones, deps.workers, deps.timers)),
      insights(std::make_shared<InsightWriter>(InsightDeps(deps, options))) {
  keys_type = deps.registry.core().global_secret->id;
  insight_type = deps.registry.core().zone_insight->id;
  if (store::DaemonsOf(deps.store) != nullptr) {
    elsewhere = std::make_shared<Elsewhere>(
        Elsewhere::Deps{zones, deps.views, deps.workers, deps.timers, insight_type});
  }
}

IdentityOr Core::Authenticate(std::string_view token, std::string_view control_plane,
                              const std::string& client_id,
                              std::optional<identity::ShownCredential>& shown) {
  std::optional<model::ControlPlaneId> id;
  if (!control_plane.empty()) {
    auto parsed = model::ParseControlPlaneId(control_plane);
    if (!parsed.ok()) {
      return absl::UnauthenticatedError(
          "what stands before the token in the zone's globalAddress is not a control plane's id");
    }
    id = *std::move(parsed);
  }
  auto identity = deps.authenticator.AuthenticateZone(token, id, client_id, &shown);
  if (!identity.ok()) return std::move(identity).status();
  return std::make_shared<const identity::ZoneIdentity>(*std::move(identity));
}

void Core::Reject(const Connection& connection, std::string_view client_id, const absl::Status& why,
                  const identity::ShownCredential* shown) {
  ++rejected_count;
  RejectedConnection turned_away;
  turned_away.at = deps.clock.Now();
  turned_away.peer = connection.peer();
  turned_away.peer_ip = connection.peer_ip();
  turned_away.zone_name = CutText(client_id, base::limits::kClaimedNameBytes);
  turned_away.reason = std::string(base::ToStd(why.message()));
  if (shown != nullptr) {
    turned_away.control_plane = shown->control_plane;
    turned_away.organization = shown->organization;
    turned_away.tenant = shown->tenant;
  }
  const model::OrganizationKey organization = turned_away.organization;
  const model::TenantKey tenant = turned_away.tenant;
  rejected->Add(std::move(turned_away));
  if (tenant != model::kNoTenant) news.Tell(organization, tenant);
}

}  // namespace skyden::kds
