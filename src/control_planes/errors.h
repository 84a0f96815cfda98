// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "skyden/base/status.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::control_planes {

absl::Status ControlPlaneNotFound();
absl::Status TooManyControlPlanes();
absl::Status RoleMayNot();
// "Bad Request: cpID [invalid]: zone "x" is still online. Disconnect the zone first": clients of
// the API know this text.
absl::Status ZoneStillOnline(std::string_view zone_name);
// All of them in one text, and attached. `violations` is not empty.
absl::Status BadFields(const std::vector<base::FieldViolation>& violations);

// kAdmin or kOperator, or PERMISSION_DENIED.
absl::Status CheckAdministrates(model::Role role);

}  // namespace skyden::control_planes
