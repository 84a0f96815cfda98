// SPDX-License-Identifier: Apache-2.0
// /ops/history, /ops/diff and /ops/restore of a control plane: what people wrote, and taking it
// back.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// `deps` must outlive the routes.
void AddHistory(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
