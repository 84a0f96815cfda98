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
// "Bad Request: cpID [invalid]: zone "x" is still online. Disconnect the zone first", which clients
// of the API know, and what else one can do. `zones`: those that are online.
absl::Status ZoneStillOnline(const std::vector<std::string>& zones);
// All of them in one text, and attached. `violations` is not empty.
absl::Status BadFields(const std::vector<base::FieldViolation>& violations);

// FAILED_PRECONDITION: `read_only` is TenantScope::read_only().
absl::Status ReadOnly(std::string_view read_only);

// NOT_FOUND when the caller knows nothing of `tenant`, PERMISSION_DENIED when it may not.
absl::Status CheckReads(const model::Access& access, model::TenantKey tenant);
// For the control plane's own record: who reads some of what is in it sees it as well.
absl::Status CheckSees(const model::Access& access, model::TenantKey tenant);
absl::Status CheckChanges(const model::Access& access, model::TenantKey tenant);
// For what changes something inside: kAdmin or kOperator, and not suspended.
absl::Status CheckWrites(const model::TenantScope& scope);

}  // namespace skyden::control_planes
