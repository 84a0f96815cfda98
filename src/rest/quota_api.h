// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rest/caller_routes.h"

namespace skyden::rest {

// GET and PUT .../ops/quota of a control plane, and /organizations/{organization}/quota.
void AddControlPlaneQuota(const Deps& deps, CallerRoutes& routes);
void AddOrganizationQuota(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
