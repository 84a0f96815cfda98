// SPDX-License-Identifier: Apache-2.0
// What the fleet comes to, as it is shown.
#pragma once

#include <string>

#include "rest/json_writer.h"
#include "skyden/insights/fleet_summary.h"

namespace skyden::rest {

// The members of {"zones":{...},"proxies":{...},"versions":{...},"last_change":...,"worst":...}.
void WriteFigures(const insights::TenantZones& zones, JsonWriter& json);

std::string FleetJson(const insights::Fleet::Reading& reading,
                      const insights::FleetSummary& summary);

}  // namespace skyden::rest
