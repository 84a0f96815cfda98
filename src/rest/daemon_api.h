// SPDX-License-Identifier: Apache-2.0
// What the daemon is, for who runs it.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Adds "/daemon". `deps` must outlive the routes.
void AddDaemon(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
