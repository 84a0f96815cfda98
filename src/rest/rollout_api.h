// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rest/caller_routes.h"
#include "skyden/http/handler.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::rest {

// /ops/rollouts of a control plane: changes that are released zone by zone.
void AddRollouts(const Deps& deps, CallerRoutes& routes);

// On the answer to a read of a resource that a rollout changes: its id. What is read is what is
// stored, which zones of waves that were released are not told.
inline constexpr char kRolloutHeader[] = "Skyden-Rollout";
// Adds it where it is due: of one resource, or (`key` without a name) of a list, of `key.mesh` or,
// where that is empty, of all meshes; several with commas between them.
http::Response WithRollout(http::Response response, const Deps& deps,
                           const model::TenantScope& scope, model::TypeId type,
                           const model::ResourceKey& key);

}  // namespace skyden::rest
