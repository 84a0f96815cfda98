// SPDX-License-Identifier: Apache-2.0
#include "kds/core.h"

#include <utility>

#include "kds/advice.h"
#include "kds/delta_client.h"
#include "skyden/base/check.h"
#include "skyden/base/limits.h"
#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

constexpr size_t kClaimedNameBytes = 63;

TenantHub::Deps HubDeps(const KdsServer::Deps& deps, const KdsOptions& options) {
  return {deps.registry, deps.views,  deps.manager,     deps.clock,
          deps.workers,  deps.timers, options.debounce, options.debounce_max};
}

InsightWriter::Deps InsightDeps(const KdsServer::Deps& deps, const KdsOptions& options) {
  return {deps.store,  deps.registry,       deps.clock,           deps.workers,
          deps.timers, options.instance_id, options.insight_flush};
}

}  // namespace

Core::Core(KdsServer::Deps server_deps, KdsOptions server_options)
    : deps(server_deps),
      options(std::move(server_options)),
      node_metadata(NodeMetadataField(options.instance_id)),
      zones(HubDeps(deps, options)),
      connections(deps.workers, deps.timers, options.connections_per_address_max),
      flights(base::limits::kKdsBytesInFlight),
      gateway(std::make_shared<GatewayImpl>(zones, deps.workers, deps.timers)),
      insights(std::make_shared<InsightWriter>(InsightDeps(deps, options))) {
  const auto* zone = deps.registry.FindByName("Zone");
  const auto* keys = deps.registry.FindByName("GlobalSecret");
  SKYDEN_CHECK(zone != nullptr && keys != nullptr);
  zone_type = zone->id;
  keys_type = keys->id;
}

absl::StatusOr<identity::ZoneIdentity> Core::Authenticate(std::string_view token,
                                                          std::string_view control_plane,
                                                          const std::string& client_id) {
  std::optional<model::ControlPlaneId> id;
  if (!control_plane.empty()) {
    auto parsed = model::ParseControlPlaneId(control_plane);
    if (!parsed.ok()) {
      return absl::UnauthenticatedError(
          "what stands before the token in the zone's globalAddress is not a control plane's id");
    }
    id = *std::move(parsed);
  }
  return deps.authenticator.AuthenticateZone(token, id, client_id);
}

void Core::Reject(const CallHeaders& headers, std::string_view control_plane,
                  const absl::Status& why) {
  ++rejected_count;
  const std::string claimed = CutText(headers.client_id, kClaimedNameBytes);
  const std::string reason(base::ToStd(why.message()));
  telemetry::Log(telemetry::Level::info, "zone turned away",
                 {{"peer", headers.peer}, {"zone", claimed}, {"reason", reason}});
  RejectedConnection turned_away{deps.clock.Now(), headers.peer, claimed, reason, AdviceOn(reason)};
  // Control planes that exist only: the claim is anybody's.
  if (const auto id = model::ParseControlPlaneId(control_plane); id.ok()) {
    const auto known = deps.store.FindControlPlane(
        model::SystemScope::For("kds: list a rejected connection"), *id);
    if (known.ok() && known->has_value()) {
      turned_away.control_plane = *id;
      turned_away.organization = (*known)->organization;
      turned_away.tenant = (*known)->tenant;
    }
  }
  if (deps.on_rejected) deps.on_rejected(turned_away);
  rejected.Add(std::move(turned_away));
}

}  // namespace skyden::kds
