// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rest/caller_routes.h"

namespace skyden::rest {

// GET .../ops/propagation and .../ops/zones/{zone}: how far what a control plane holds has come.
void AddPropagation(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
