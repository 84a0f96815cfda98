// SPDX-License-Identifier: Apache-2.0
// Answers across control planes.
#pragma once

#include <string>
#include <string_view>

#include "rest/json_writer.h"
#include "skyden/insights/expiry.h"
#include "skyden/insights/zone_list.h"

namespace skyden::rest {

void WriteZone(const insights::FleetZone& one, JsonWriter& json);
// {"refused":0,...,"total":18}
void WriteZoneCounts(const insights::ZoneCounts& counts, JsonWriter& json);

std::string ZonePageJson(const insights::ListZones& request, const insights::ZonePage& page,
                         std::string_view revision);

// Those of `endings`, which are in order, that come after `after`, a page of them.
std::string EndingPageJson(const std::vector<insights::Ending>& endings, bool complete,
                           size_t page_size, std::string_view after, absl::Time now);

}  // namespace skyden::rest
