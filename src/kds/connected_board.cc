// SPDX-License-Identifier: Apache-2.0
#include "kds/connected_board.h"

#include <algorithm>
#include <utility>

#include "kds/progress.h"
#include "kds/tenant_hub.h"
#include "skyden/model/type_registry.h"

namespace skyden::kds {

std::vector<ConnectedZone> ConnectedBoard::Of(const model::TenantScope& scope) const {
  std::vector<ConnectedZone> zones;
  const auto sessions = core_.zones.Sessions(scope.tenant());
  const PassedOn passed_on = sessions.empty() ? PassedOn() : sessions.front()->hub()->passed_on();
  for (const auto& session : sessions) {
    const auto call = session->CallOf(StreamKind::kGlobalToZone);
    const auto link = session->link();
    if (call == nullptr || !link.has_value()) continue;
    ConnectedZone zone;
    zone.zone_name = session->zone().str();
    zone.peer_ip = link->peer_ip;
    zone.instance_id = link->instance_id;
    zone.version = session->kind().value_or(ZoneKind()).version;
    zone.since = link->since;
    zone.token = call->identity().token;
    zone.token_ends_at = call->identity().expires_at;
    const ZoneProgress progress = session->progress();
    zone.confirmed = TakenUntil(passed_on, progress);
    zone.behind_since = progress.behind_since;
    for (const model::TypeDescriptor& type : core_.deps.registry.all()) {
      if (progress.behind[static_cast<size_t>(type.id)]) zone.behind_types.push_back(type.id);
    }
    zones.push_back(std::move(zone));
  }
  std::sort(zones.begin(), zones.end(),
            [](const auto& a, const auto& b) { return a.zone_name < b.zone_name; });
  return zones;
}

}  // namespace skyden::kds
