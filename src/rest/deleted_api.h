// SPDX-License-Identifier: Apache-2.0
// Control planes that were deleted and can be had back, and copies of those that are there.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// /ops/undelete, /ops/purge and /ops/clone. `deps` must outlive the routes.
void AddUndeleteAndClone(const Deps& deps, CallerRoutes& routes);
// /deleted-control-planes, of the organization.
void AddDeletedControlPlanes(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
