// SPDX-License-Identifier: Apache-2.0
// Answers across control planes.
#pragma once

#include <string>
#include <string_view>

#include "rest/json_writer.h"
#include "skyden/insights/zone_list.h"

namespace skyden::rest {

void WriteZone(const insights::FleetZone& one, JsonWriter& json);
// {"refused":0,...,"total":18}
void WriteZoneCounts(const insights::ZoneCounts& counts, JsonWriter& json);

std::string ZonePageJson(const insights::ListZones& request, const insights::ZonePage& page,
                         std::string_view revision);

}  // namespace skyden::rest
