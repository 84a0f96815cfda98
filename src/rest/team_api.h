// SPDX-License-Identifier: Apache-2.0
// Who is in which team. Teams themselves and their roles are accounts' (identity_api.h).
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Adds what is under "/teams/{team}" and the lists of teams of an account. `deps` must outlive the
// routes.
void AddTeamMembers(const Deps& deps, CallerRoutes& routes);

}  // namespace skyden::rest
