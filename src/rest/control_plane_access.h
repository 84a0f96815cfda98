// SPDX-License-Identifier: Apache-2.0
// Who may do what on a control plane, and by which roles.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Adds "/control-planes/{id}/ops/access". `deps` must outlive the routes.
void AddControlPlaneAccess(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
