// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue for changes that are released zone by zone.
#pragma once

#include <array>

#include "store/catalogue_words.h"

namespace skyden::store::catalogue {

inline constexpr auto kRollouts = std::to_array<Statement>({
    {kListRollouts, "list_rollouts", kTenant, kSeek, kBoth, "v_rollout", "",
     "SELECT tenant, id, mesh, state, wave, revision, created_at, plan, content, progress"
     " FROM v_rollout ORDER BY id"},
    {kPutRollout, "put_rollout", kTenant, kSeek, kWriter, "", "rollout",
     "INSERT INTO rollout (tenant, id, mesh, state, wave, revision, created_at, plan, content,"
     " progress) VALUES (current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8, $9)"
     " ON CONFLICT (tenant, id) DO UPDATE SET state = $3, wave = $4, revision = $5, content = $8,"
     " progress = $9"},
    {kRemoveRollout, "remove_rollout", kTenant, kSeek, kWriter, "", "rollout",
     "DELETE FROM rollout WHERE tenant = current_tenant() AND id = $1"},
    // Of a deleted control plane.
    {kRemoveRollouts, "remove_rollouts", kTenant, kSeek, kWriter, "", "rollout",
     "DELETE FROM rollout WHERE tenant = current_tenant()"},
});

}  // namespace skyden::store::catalogue
