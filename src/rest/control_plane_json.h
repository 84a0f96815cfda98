// SPDX-License-Identifier: Apache-2.0
// Control planes as the manager API reads and writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json_writer.h"
#include "problem.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/http/uri.h"
#include "skyden/kds/kds_server.h"
#include "skyden/store/records.h"

namespace skyden::rest {

// A decoded request, or what is wrong with it. Values are the service's to judge.
template <class T>
struct Decoded {
  std::optional<T> value;  // nullopt: see the rest
  std::string detail;
  std::vector<InvalidParameter> invalid;
};

Decoded<control_planes::CreateControlPlane> DecodeCreate(std::string_view body);
// PUT: what is not named gets its default.
Decoded<control_planes::UpdateControlPlane> DecodeReplace(std::string_view body);
// PATCH: what is not named stays; a label that is null goes.
Decoded<control_planes::UpdateControlPlane> DecodePatch(std::string_view body);
Decoded<std::string> DecodeProvisionZone(std::string_view body);
Decoded<control_planes::ListControlPlanes> DecodeList(const http::Query& query);

void WriteControlPlane(const store::ControlPlaneRecord& record, JsonWriter& json);
std::string ControlPlanePageJson(const control_planes::ListControlPlanes& request,
                                 const control_planes::ControlPlanePage& page);
std::string RejectedConnectionsJson(const std::vector<kds::RejectedConnection>& rejected);

}  // namespace skyden::rest
