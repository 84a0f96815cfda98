// SPDX-License-Identifier: Apache-2.0
// `/ops/zones/{zone}/tokens`: the tokens that a provisioned zone may come with.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

void AddZoneTokens(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
