// SPDX-License-Identifier: Apache-2.0
// What each edge is given of the services, and of whoever serves zones.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/services.h"
#include "skyden/admin/deps.h"
#include "skyden/insights/zone_sources.h"
#include "skyden/kds/deps.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/rest/deps.h"
#include "skyden/rollouts/driver.h"

namespace skyden::kds {
class KdsServer;
}

namespace skyden::server {

// Whoever serves zones, as the edges of people see it: the daemon's kds::KdsServer.
struct ZonesSide {
  std::function<std::vector<std::string>(const model::TenantScope&)> online_zones;
  std::function<std::vector<kds::RejectedConnection>(const model::TenantScope&)> rejected;
  std::function<std::vector<kds::RejectedConnection>()> all_rejected;
  kds::ZoneGateway* gateway = nullptr;
  kds::ZoneVerdicts* verdicts = nullptr;
  kds::ZoneVerdicts* own_verdicts = nullptr;  // of this daemon's zones alone
  kds::Deliveries* deliveries = nullptr;
};

// Whoever is given these is gone before the services are. What is the configuration's to say
// (addresses, proxies) is left at its defaults.
kds::Deps DepsOfZones(Services& services);
admin::Deps DepsOfAdmin(Services& services, const ZonesSide& zones,
                        std::function<absl::Status()> health);
rest::Deps DepsOfRest(Services& services, const ZonesSide& zones);
// Who takes rollouts from wave to wave, over `zones`.
rollouts::DriverDeps DepsOfRollouts(Services& services, kds::KdsServer& zones);

// What a server of zones knows, for those who count. `server` is asked once somebody wants to know.
insights::ZoneSources ZoneSourcesOf(const model::TypeRegistry& registry,
                                    std::function<kds::KdsServer&()> server);

}  // namespace skyden::server
