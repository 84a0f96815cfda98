// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue for what people wrote, by revision.
#pragma once

#include <array>

#include "store/catalogue_words.h"

namespace skyden::store::catalogue {

inline constexpr auto kHistory = std::to_array<Statement>({
    // ------------------------------------------------------------ reads
    {kGetHistoryState, "get_history_state", kTenant, kSeek, kBoth, "v_own_tenant_state", "",
     "SELECT tenant, history_bytes, history_from, revision FROM v_own_tenant_state"},
    {kListHistory, "list_history", kTenant, kSeek, kBoth, "v_history", "",
     "SELECT tenant, revision, type, mesh, name, action, at, actor_kind, actor_id, actor_name"
     " FROM v_history WHERE (revision, type, mesh, name) < ($1, $2, $3, $4)"
     " ORDER BY revision DESC, type DESC, mesh DESC, name DESC LIMIT $5"},
    {kListHistoryOfResource, "list_history_of_resource", kTenant, kSeek, kBoth, "v_history", "",
     "SELECT tenant, revision, type, mesh, name, action, at, actor_kind, actor_id, actor_name"
     " FROM v_history WHERE type = $1 AND mesh = $2 AND name = $3 AND revision < $4"
     " ORDER BY revision DESC LIMIT $5"},
    // What the first change after a revision found.
    {kFindChangeAfter, "find_change_after", kTenant, kSeek, kBoth, "v_history", "",
     "SELECT tenant, mesh, name, labels, spec, status, creation_time, modification_time,"
     " old_revision, version FROM v_history"
     " WHERE type = $1 AND mesh = $2 AND name = $3 AND revision > $4 ORDER BY revision LIMIT 1"},
    {kListChangesAfter, "list_changes_after", kTenant, kSeek, kBoth, "v_history", "",
     "SELECT tenant, mesh, name, labels, spec, status, creation_time, modification_time,"
     " old_revision, version FROM v_history"
     " WHERE type = $1 AND revision > $2 ORDER BY revision"},
    {kListOldHistory, "list_old_history", kTenant, kSeek, kBoth, "v_history", "",
     "SELECT tenant, revision, type, mesh, name, at, bytes FROM v_history"
     " ORDER BY revision, type, mesh, name LIMIT $1"},

    // ------------------------------------------------------------ writes
    {kInsertHistory, "insert_history", kTenant, kSeek, kWriter, "", "history",
     "INSERT INTO history (tenant, revision, type, mesh, name, action, at, actor_kind, actor_id,"
     " actor_name, bytes, labels, spec, status, creation_time, modification_time, old_revision,"
     " version) VALUES (current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,"
     " $14, $15, $16, $17)",
     "INSERT INTO history (tenant, revision, type, mesh, name, action, at, actor_kind, actor_id,"
     " actor_name, bytes, labels, spec, status, creation_time, modification_time, old_revision,"
     " version) SELECT current_tenant(), h.revision, h.type, h.mesh, h.name, h.action, h.at,"
     " h.actor_kind, h.actor_id, h.actor_name, h.bytes, h.labels, h.spec, h.status,"
     " h.creation_time, h.modification_time, h.old_revision, h.version"
     " FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],"
     " $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bytea[], $12::bytea[],"
     " $13::bytea[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[])"
     " AS h (revision, type, mesh, name, action, at, actor_kind, actor_id, actor_name, bytes,"
     " labels, spec, status, creation_time, modification_time, old_revision, version)"},
    // Before all of a type in a mesh is deleted. What this revision wrote has its row already.
    {kInsertHistoryOfMesh, "insert_history_of_mesh", kTenant, kSeek, kWriter, "v_resource",
     "history",
     "INSERT INTO history (tenant, revision, type, mesh, name, action, at, actor_kind, actor_id,"
     " actor_name, bytes, labels, spec, status, creation_time, modification_time, old_revision,"
     " version) SELECT tenant, $3, type, mesh, name, 'delete', $4, $5, $6, $7,"
     " 256 + LENGTH(labels) + LENGTH(spec) + LENGTH(status), labels, spec, status, creation_time,"
     " modification_time, revision, version FROM v_resource"
     " WHERE type = $1 AND mesh = $2 AND deleted = 0 AND zone = '' AND revision < $3"
     " RETURNING tenant, bytes"},
    {kPruneHistory, "prune_history", kTenant, kSeek, kWriter, "", "history",
     "DELETE FROM history WHERE tenant = current_tenant()"
     " AND (revision, type, mesh, name) <= ($1, $2, $3, $4)"},
    {kListHistorySecrets, "list_history_secrets", kTenant, kSeek, kWriter, "v_history", "",
     "SELECT tenant, mesh, name, revision, spec FROM v_history"
     " WHERE type = $1 AND version > 0 ORDER BY revision"},
    {kResealHistory, "reseal_history", kTenant, kSeek, kWriter, "", "history",
     "UPDATE history SET spec = $5 WHERE tenant = current_tenant()"
     " AND type = $1 AND mesh = $2 AND name = $3 AND revision = $4"},
});

}  // namespace skyden::store::catalogue
