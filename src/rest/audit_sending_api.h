// SPDX-License-Identifier: Apache-2.0
// Where an organization has its audit sent.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Destinations, the webhook and replays, relative to "/v3": "/audit-log-webhook". `deps` outlives
// the routes.
void AddAuditSending(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
