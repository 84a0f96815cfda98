// SPDX-License-Identifier: Apache-2.0
// Messages of skyden.admin.v1 to and from what the services take and give.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/admin/v1/control_planes.pb.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/store/records.h"

namespace skyden::admin {

void Fill(absl::Time time, google::protobuf::Timestamp* out);
// INVALID_ARGUMENT naming `field` when it is outside of what a Timestamp may hold.
absl::StatusOr<absl::Time> ToTime(const std::string& field,
                                  const google::protobuf::Timestamp& time);
// With its suspension while it is suspended at `now`.
void Fill(const store::ControlPlaneRecord& record, absl::Time now, v1::ControlPlane* out);

control_planes::CreateControlPlane ToRequest(const v1::CreateControlPlaneRequest& request);
absl::StatusOr<control_planes::ListControlPlanes> ToRequest(
    const v1::ListControlPlanesRequest& request);
absl::StatusOr<control_planes::UpdateControlPlane> ToRequest(
    const v1::UpdateControlPlaneRequest& request);

}  // namespace skyden::admin
