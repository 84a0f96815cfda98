// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue that one control plane has: what it holds.
#pragma once

#include <array>

#include "store/catalogue_words.h"

namespace skyden::store::catalogue {

inline constexpr auto kResources = std::to_array<Statement>({
    // ------------------------------------------------------------ one control plane, reads
    {kGetRevision, "get_revision", kTenant, kSeek, kBoth, "v_own_tenant_state", "",
     "SELECT tenant, revision FROM v_own_tenant_state"},
    {kGetOwnControlPlane, "get_own_control_plane", kTenant, kSeek, kBoth, "v_own_control_plane", "",
     "SELECT tenant, organization, tenant, id, name, description, labels, mesh_creation,"
     " hostname_generator_creation, api_version, cluster_id, created_at, updated_at,"
     " suspended_at, suspended_until, suspend_reason"
     " FROM v_own_control_plane"},
    {kFindResource, "find_resource", kTenant, kSeek, kBoth, "v_resource", "",
     "SELECT tenant, mesh, name, zone, labels, spec, status, creation_time, modification_time,"
     " revision, version, deleted FROM v_resource"
     " WHERE type = $1 AND mesh = $2 AND name = $3",
     // Says the type as well, since many may be asked for.
     "SELECT r.tenant, r.mesh, r.name, r.zone, r.labels, r.spec, r.status, r.creation_time,"
     " r.modification_time, r.revision, r.version, r.deleted, k.type"
     " FROM unnest($1::text[], $2::text[], $3::text[]) AS k (type, mesh, name)"
     " CROSS JOIN LATERAL (SELECT v.tenant, v.mesh, v.name, v.zone, v.labels, v.spec, v.status,"
     " v.creation_time, v.modification_time, v.revision, v.version, v.deleted FROM v_resource AS v"
     " WHERE v.type = k.type AND v.mesh = k.mesh AND v.name = k.name LIMIT 1) AS r"},
    // That it is there, without its content.
    {kFindVersion, "find_version", kTenant, kSeek, kBoth, "v_resource", "",
     "SELECT tenant, version, deleted, LENGTH(spec) + LENGTH(status), revision, zone FROM "
     "v_resource"
     " WHERE type = $1 AND mesh = $2 AND name = $3"},
    {kListResources, "list_resources", kTenant, kSeek, kBoth, "v_resource", "",
     "SELECT tenant, mesh, name, zone, labels, spec, status, creation_time, modification_time,"
     " revision, version, deleted FROM v_resource"
     " WHERE type = $1 AND deleted = 0 ORDER BY mesh, name"},
    {kListResourcesOfMesh, "list_resources_of_mesh", kTenant, kSeek, kBoth, "v_resource", "",
     "SELECT tenant, mesh, name, zone, labels, spec, status, creation_time, modification_time,"
     " revision, version, deleted FROM v_resource"
     " WHERE type = $1 AND mesh = $2 AND deleted = 0 ORDER BY name"},
    {kListResourcesOfZone, "list_resources_of_zone", kTenant, kSeek, kBoth, "v_resource", "",
     "SELECT tenant, mesh, name, zone, labels, spec, status, creation_time, modification_time,"
     " revision, version, deleted FROM v_resource"
     " WHERE type = $1 AND zone = $2 AND zone <> '' AND deleted = 0 ORDER BY mesh, name"},
    {kListChanges, "list_changes", kTenant, kSeek, kBoth, "v_resource", "",
     "SELECT tenant, mesh, name, zone, labels, spec, status, creation_time, modification_time,"
     " revision, version, deleted FROM v_resource"
     " WHERE type = $1 AND revision > $2 ORDER BY revision, mesh, name"},
    {kGetCollected, "get_collected", kTenant, kSeek, kBoth, "v_tombstone_state", "",
     "SELECT tenant, collected FROM v_tombstone_state WHERE type = $1"},
    {kCountResources, "count_resources", kTenant, kSeek, kBoth, "v_resource_count", "",
     "SELECT tenant, SUM(live) FROM v_resource_count WHERE type = $1 GROUP BY tenant"},
    {kCountResourcesOfMesh, "count_resources_of_mesh", kTenant, kSeek, kBoth, "v_resource_count",
     "", "SELECT tenant, live FROM v_resource_count WHERE type = $1 AND mesh = $2"},
    {kListCounts, "list_counts", kTenant, kSeek, kBoth, "v_resource_count", "",
     "SELECT tenant, type, mesh, live FROM v_resource_count WHERE live > 0 ORDER BY type, mesh"},
    {kListPendingKeys, "list_pending_keys", kTenant, kSeek, kBoth, "v_pending_key", "",
     "SELECT tenant, type, mesh, name, creation_time FROM v_pending_key ORDER BY type, mesh, name"},
    {kFindUsage, "find_usage", kTenant, kSeek, kBoth, "v_usage", "",
     "SELECT tenant, resources, bytes, zones FROM v_usage"},
    {kFindQuota, "find_quota", kTenant, kSeek, kBoth, "v_quota", "",
     "SELECT tenant, resources, bytes, zones FROM v_quota"},

    // ------------------------------------------------------------ one control plane, writes
    // What it reads must stay as it is until the transaction ends: an engine with several writers
    // locks the row first.
    {kOpenTenant, "open_tenant", kTenant, kSeek, kWriter,
     "v_own_tenant_state v_usage v_quota v_organization_quota v_own_control_plane", "",
     "SELECT tenant, revision, (SELECT resources FROM v_usage), (SELECT bytes FROM v_usage),"
     " (SELECT zones FROM v_usage), (SELECT resources FROM v_quota), (SELECT bytes FROM v_quota),"
     " (SELECT zones FROM v_quota), (SELECT resources FROM v_organization_quota),"
     " (SELECT bytes FROM v_organization_quota), (SELECT zones FROM v_organization_quota),"
     " history_bytes, history_from, (SELECT api_version FROM v_own_control_plane)"
     " FROM v_own_tenant_state"},
    {kSetRevision, "set_revision", kTenant, kSeek, kWriter, "", "tenant_state",
     "UPDATE tenant_state SET revision = $1, history_bytes = $2, history_from = $3"
     " WHERE tenant = current_tenant() AND organization = current_organization()"},
    {kInsertResource, "insert_resource", kTenant, kSeek, kWriter, "", "resource",
     "INSERT INTO resource (tenant, type, mesh, name, zone, labels, spec, status, creation_time,"
     " modification_time, revision, version, deleted)"
     " VALUES (current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 0)",
     "INSERT INTO resource (tenant, type, mesh, name, zone, labels, spec, status, creation_time,"
     " modification_time, revision, version, deleted)"
     " SELECT current_tenant(), r.type, r.mesh, r.name, r.zone, r.labels, r.spec, r.status,"
     " r.creation_time, r.modification_time, r.revision, 1, 0"
     " FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[],"
     " $7::bytea[], $8::bigint[], $9::bigint[], $10::bigint[])"
     " AS r (type, mesh, name, zone, labels, spec, status, creation_time, modification_time,"
     " revision)"},
    {kUpdateResource, "update_resource", kTenant, kSeek, kWriter, "", "resource",
     "UPDATE resource SET zone = $4, labels = $5, spec = $6, status = $7, creation_time = $8,"
     " modification_time = $9, revision = $10, version = $11, deleted = 0"
     " WHERE tenant = current_tenant() AND type = $1 AND mesh = $2 AND name = $3",
     "INSERT INTO resource (tenant, type, mesh, name, zone, labels, spec, status, creation_time,"
     " modification_time, revision, version, deleted)"
     " SELECT current_tenant(), r.type, r.mesh, r.name, r.zone, r.labels, r.spec, r.status,"
     " r.creation_time, r.modification_time, r.revision, r.version, 0"
     " FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[],"
     " $7::bytea[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])"
     " AS r (type, mesh, name, zone, labels, spec, status, creation_time, modification_time,"
     " revision, version)"
     " CROSS JOIN LATERAL (SELECT FROM v_resource AS v"
     " WHERE v.type = r.type AND v.mesh = r.mesh AND v.name = r.name LIMIT 1) AS there"
     " ON CONFLICT (tenant, type, mesh, name) DO UPDATE SET zone = excluded.zone,"
     " labels = excluded.labels, spec = excluded.spec, status = excluded.status,"
     " creation_time = excluded.creation_time, modification_time = excluded.modification_time,"
     " revision = excluded.revision, version = excluded.version, deleted = 0"},
    {kDeleteResource, "delete_resource", kTenant, kSeek, kWriter, "", "resource",
     "UPDATE resource SET labels = $5, spec = $5, status = $5, creation_time = 0,"
     " modification_time = 0, revision = $4, deleted = 1"
     " WHERE tenant = current_tenant() AND type = $1 AND mesh = $2 AND name = $3",
     "INSERT INTO resource (tenant, type, mesh, name, zone, labels, spec, status, creation_time,"
     " modification_time, revision, version, deleted)"
     " SELECT current_tenant(), r.type, r.mesh, r.name, there.zone, r.nothing, r.nothing, "
     "r.nothing,"
     " 0, 0, r.revision, there.version, 1"
     " FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bytea[])"
     " AS r (type, mesh, name, revision, nothing)"
     " CROSS JOIN LATERAL (SELECT v.zone, v.version FROM v_resource AS v"
     " WHERE v.type = r.type AND v.mesh = r.mesh AND v.name = r.name LIMIT 1) AS there"
     " ON CONFLICT (tenant, type, mesh, name) DO UPDATE SET labels = excluded.labels,"
     " spec = excluded.spec, status = excluded.status, creation_time = 0, modification_time = 0,"
     " revision = excluded.revision, deleted = 1"},
    {kListCountsOfMesh, "list_counts_of_mesh", kTenant, kSeek, kWriter, "v_resource_count", "",
     "SELECT tenant, type, live FROM v_resource_count WHERE mesh = $1 AND live > 0 ORDER BY type"},
    {kDeleteResourcesOfMesh, "delete_resources_of_mesh", kTenant, kSeek, kWriter, "", "resource",
     "UPDATE resource SET labels = $4, spec = $4, status = $4, creation_time = 0,"
     " modification_time = 0, revision = $3, deleted = 1"
     " WHERE tenant = current_tenant() AND type = $1 AND mesh = $2 AND deleted = 0"},
    {kListCountsOfZone, "list_counts_of_zone", kTenant, kSeek, kWriter, "v_resource", "",
     "SELECT tenant, type, mesh, COUNT(*), SUM(LENGTH(spec) + LENGTH(status)) FROM v_resource"
     " WHERE zone = $1 AND zone <> '' AND deleted = 0 GROUP BY tenant, type, mesh"},
    {kDeleteResourcesOfZone, "delete_resources_of_zone", kTenant, kSeek, kWriter, "", "resource",
     "UPDATE resource SET labels = $5, spec = $5, status = $5, creation_time = 0,"
     " modification_time = 0, revision = $4, deleted = 1"
     " WHERE tenant = current_tenant() AND zone = $1 AND zone <> '' AND type = $2 AND mesh = $3"
     " AND deleted = 0"},
    {kAddCount, "add_count", kTenant, kSeek, kWriter, "", "resource_count",
     "INSERT INTO resource_count (tenant, type, mesh, live) VALUES (current_tenant(), $1, $2, $3)"
     " ON CONFLICT (tenant, type, mesh) DO UPDATE SET live = resource_count.live + $3"},
    {kAddTombstones, "add_tombstones", kTenant, kSeek, kWriter, "", "tombstone_state",
     "INSERT INTO tombstone_state (tenant, type, tombstones, collected)"
     " VALUES (current_tenant(), $1, $2, 0) ON CONFLICT (tenant, type)"
     " DO UPDATE SET tombstones = tombstone_state.tombstones + $2 RETURNING tenant, tombstones"},
    // Tombstones have no bytes.
    {kSumBytesOfMesh, "sum_bytes_of_mesh", kTenant, kSeek, kWriter, "v_resource", "",
     "SELECT tenant, SUM(LENGTH(spec) + LENGTH(status)) FROM v_resource"
     " WHERE type = $1 AND mesh = $2 GROUP BY tenant"},
    {kAddUsage, "add_usage", kTenant, kSeek, kWriter, "", "usage",
     "INSERT INTO usage (tenant, resources, bytes, zones) VALUES (current_tenant(), $1, $2, $3)"
     " ON CONFLICT (tenant) DO UPDATE SET resources = usage.resources + $1,"
     " bytes = usage.bytes + $2, zones = usage.zones + $3"},
    {kSetQuota, "set_quota", kTenant, kSeek, kWriter, "", "quota",
     "INSERT INTO quota (tenant, resources, bytes, zones) VALUES (current_tenant(), $1, $2, $3)"
     " ON CONFLICT (tenant) DO UPDATE SET resources = $1, bytes = $2, zones = $3"},
    {kListOldTombstones, "list_old_tombstones", kTenant, kSeek, kWriter, "v_resource", "",
     "SELECT tenant, mesh, name, revision FROM v_resource"
     " WHERE type = $1 AND deleted = 1 ORDER BY revision, mesh, name LIMIT $2"},
    {kRemoveResource, "remove_resource", kTenant, kSeek, kWriter, "", "resource",
     "DELETE FROM resource"
     " WHERE tenant = current_tenant() AND type = $1 AND mesh = $2 AND name = $3"},
    {kSetCollected, "set_collected", kTenant, kSeek, kWriter, "", "tombstone_state",
     "UPDATE tombstone_state SET tombstones = tombstones - $2, collected = $3"
     " WHERE tenant = current_tenant() AND type = $1"},
    {kAddPendingKey, "add_pending_key", kTenant, kSeek, kWriter, "", "pending_key",
     "INSERT INTO pending_key (tenant, type, mesh, name, creation_time)"
     " VALUES (current_tenant(), $1, $2, $3, $4)"},
    {kRemovePendingKey, "remove_pending_key", kTenant, kSeek, kWriter, "", "pending_key",
     "DELETE FROM pending_key"
     " WHERE tenant = current_tenant() AND type = $1 AND mesh = $2 AND name = $3"},
    {kInsertOwnAccount, "insert_own_account", kTenant, kSeek, kWriter, "", "account",
     "INSERT INTO account (organization, tenant, id, kind, name, description, active, zone,"
     " email, preferred_name, subject, created_at, updated_at)"
     " VALUES (current_organization(), current_tenant(), $1, $2, $3, $4, 1, $5, '', '', '', $6,"
     " $6)"},
    {kListAccountsOfZone, "list_accounts_of_zone", kTenant, kSeek, kWriter, "v_account", "",
     "SELECT tenant, id FROM v_account WHERE tenant = current_tenant() AND zone = $1 ORDER BY id"},

    // -------------------------------------------- removing what a deleted control plane left
    {kListRemains, "list_remains", kTenant, kSeek, kWriter, "v_resource", "",
     "SELECT tenant, type, mesh, name FROM v_resource ORDER BY type, mesh, name LIMIT $1"},
    {kRemoveCounts, "remove_counts", kTenant, kSeek, kWriter, "", "resource_count",
     "DELETE FROM resource_count WHERE tenant = current_tenant()"},
    {kRemoveTombstoneState, "remove_tombstone_state", kTenant, kSeek, kWriter, "",
     "tombstone_state", "DELETE FROM tombstone_state WHERE tenant = current_tenant()"},
    {kRemovePendingKeys, "remove_pending_keys", kTenant, kSeek, kWriter, "", "pending_key",
     "DELETE FROM pending_key WHERE tenant = current_tenant()"},
    {kRemoveUsage, "remove_usage", kTenant, kSeek, kWriter, "", "usage",
     "DELETE FROM usage WHERE tenant = current_tenant()"},
    {kRemoveQuota, "remove_quota", kTenant, kSeek, kWriter, "", "quota",
     "DELETE FROM quota WHERE tenant = current_tenant()"},
    {kRemoveTenantState, "remove_tenant_state", kTenant, kSeek, kWriter, "", "tenant_state",
     "DELETE FROM tenant_state WHERE tenant = current_tenant()"
     " AND organization = current_organization()"},
    {kRemoveControlPlane, "remove_control_plane", kTenant, kSeek, kWriter, "", "control_plane",
     "DELETE FROM control_plane WHERE tenant = current_tenant()"
     " AND organization = current_organization()"},
});

}  // namespace skyden::store::catalogue
