// SPDX-License-Identifier: Apache-2.0
// Control planes as the manager API reads and writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "rest/problem.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/http/uri.h"
#include "skyden/insights/zone_row.h"
#include "skyden/kds/kds_server.h"
#include "skyden/model/list_filter.h"
#include "skyden/store/records.h"

namespace skyden::rest {

Decoded<control_planes::CreateControlPlane> DecodeCreate(std::string_view body);
// PUT: what is not named gets its default.
Decoded<control_planes::UpdateControlPlane> DecodeReplace(std::string_view body);
// PATCH: what is not named stays; a label that is null goes.
Decoded<control_planes::UpdateControlPlane> DecodePatch(std::string_view body);
// No body suspends without reason and end.
Decoded<control_planes::SuspendControlPlane> DecodeSuspend(std::string_view body);
Decoded<std::string> DecodeProvisionZone(std::string_view body);

// With "suspension" while it is suspended at `now`, and with "figures" unless they are null.
void WriteControlPlane(const store::ControlPlaneRecord& record, absl::Time now, JsonWriter& json,
                       const insights::TenantZones* figures = nullptr);
// Its member "suspension".
void WriteSuspension(const store::Suspension& suspension, JsonWriter& json);
std::string ControlPlanePageJson(const control_planes::ListControlPlanes& request,
                                 const control_planes::ControlPlanePage& page, absl::Time now);

const model::Filterable<kds::RejectedConnection>& RejectedConnectionFilters();
// Those that pass the filters.
std::string RejectedConnectionsJson(const std::vector<kds::RejectedConnection>& rejected,
                                    const std::vector<model::TextFilter>& filters, absl::Time now);

}  // namespace skyden::rest
