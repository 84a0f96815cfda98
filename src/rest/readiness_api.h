// SPDX-License-Identifier: Apache-2.0
// How far a control plane is from being one of Kuma 3.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// GET .../ops/upgrade-readiness, and .../readiness-reports in the form of the public preflight
// tool.
void AddReadiness(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
