// SPDX-License-Identifier: Apache-2.0
// A control plane becomes one of Kuma 3, and goes back.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// POST .../ops/upgrade.
void AddUpgrade(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
