// SPDX-License-Identifier: Apache-2.0
// One text for every engine; only the schema and transaction control have dialects. Rules, checked
// by the prover test: reads go through views (v_x), writes name the base table and its owner, no
// WITH, no REPLACE, no sub-select but from a view, the owner in column 0 of what is returned.
#include "store/catalogue.h"

#include <array>

namespace skyden::store {
namespace {

using enum StatementId;
constexpr Owner kTenant = Owner::kTenant;
constexpr Owner kOrganization = Owner::kOrganization;
constexpr Owner kSystem = Owner::kSystem;
constexpr Reach kSeek = Reach::kSeek;
constexpr Reach kScan = Reach::kScan;
constexpr bool kBoth = true;     // readers and the writer
constexpr bool kWriter = false;  // the writer only

constexpr std::array<Statement, kStatementCount> kCatalogue = {{
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
     " WHERE type = $1 AND mesh = $2 AND name = $3"},
    // That it is there, without its content.
    {kFindVersion, "find_version", kTenant, kSeek, kBoth, "v_resource", "",
     "SELECT tenant, version, deleted, LENGTH(spec) + LENGTH(status), revision FROM v_resource"
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
     "v_own_tenant_state v_usage v_quota v_organization_quota", "",
     "SELECT tenant, revision, (SELECT resources FROM v_usage), (SELECT bytes FROM v_usage),"
     " (SELECT zones FROM v_usage), (SELECT resources FROM v_quota), (SELECT bytes FROM v_quota),"
     " (SELECT zones FROM v_quota), (SELECT resources FROM v_organization_quota),"
     " (SELECT bytes FROM v_organization_quota), (SELECT zones FROM v_organization_quota)"
     " FROM v_own_tenant_state"},
    {kSetRevision, "set_revision", kTenant, kSeek, kWriter, "", "tenant_state",
     "UPDATE tenant_state SET revision = $1"
     " WHERE tenant = current_tenant() AND organization = current_organization()"},
    {kInsertResource, "insert_resource", kTenant, kSeek, kWriter, "", "resource",
     "INSERT INTO resource (tenant, type, mesh, name, zone, labels, spec, status, creation_time,"
     " modification_time, revision, version, deleted)"
     " VALUES (current_tenant(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 0)"},
    {kUpdateResource, "update_resource", kTenant, kSeek, kWriter, "", "resource",
     "UPDATE resource SET zone = $4, labels = $5, spec = $6, status = $7, creation_time = $8,"
     " modification_time = $9, revision = $10, version = $11, deleted = 0"
     " WHERE tenant = current_tenant() AND type = $1 AND mesh = $2 AND name = $3"},
    {kDeleteResource, "delete_resource", kTenant, kSeek, kWriter, "", "resource",
     "UPDATE resource SET labels = $5, spec = $5, status = $5, creation_time = 0,"
     " modification_time = 0, revision = $4, deleted = 1"
     " WHERE tenant = current_tenant() AND type = $1 AND mesh = $2 AND name = $3"},
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

    // ---------------------------------- an organization's, or one control plane's part of it
    {kInsertToken, "insert_token", kOrganization, kSeek, kWriter, "v_account", "token",
     "INSERT INTO token (organization, tenant, id, account, name, sha256, created_at, expires_at,"
     " revoked_at, last_used_at, updated_at)"
     " SELECT organization, tenant, $1, id, $3, $4, $5, $6, $7, $8, $9 FROM v_account"
     " WHERE id = $2"},
    {kDeleteTokensOfAccount, "delete_tokens_of_account", kOrganization, kSeek, kWriter, "", "token",
     "DELETE FROM token WHERE organization = current_organization() AND account = $1"
     " RETURNING organization, id"},
    {kDeleteRolesOfAccount, "delete_roles_of_account", kOrganization, kSeek, kWriter, "",
     "assigned_role",
     "DELETE FROM assigned_role WHERE organization = current_organization() AND account = $1"},
    {kDeleteAccount, "delete_account", kOrganization, kSeek, kWriter, "", "account",
     "DELETE FROM account WHERE organization = current_organization() AND id = $1"},

    // ------------------------------------------------------------ one organization, reads
    {kFindControlPlane, "find_control_plane", kOrganization, kSeek, kBoth, "v_control_plane", "",
     "SELECT organization, organization, tenant, id, name, description, labels, mesh_creation,"
     " hostname_generator_creation, api_version, cluster_id, created_at, updated_at,"
     " suspended_at, suspended_until, suspend_reason"
     " FROM v_control_plane WHERE id = $1"},
    {kListControlPlanes, "list_control_planes", kOrganization, kSeek, kBoth, "v_control_plane", "",
     "SELECT organization, organization, tenant, id, name, description, labels, mesh_creation,"
     " hostname_generator_creation, api_version, cluster_id, created_at, updated_at,"
     " suspended_at, suspended_until, suspend_reason"
     " FROM v_control_plane ORDER BY created_at, id"},
    {kFindAccount, "find_account", kOrganization, kSeek, kBoth, "v_account", "",
     "SELECT organization, tenant, id, kind, name, description, active, zone, email, "
     "preferred_name,"
     " subject, created_at, updated_at"
     " FROM v_account WHERE id = $1"},
    {kFindAccountBySubject, "find_account_by_subject", kOrganization, kSeek, kBoth, "v_account", "",
     "SELECT organization, tenant, id, kind, name, description, active, zone, email, "
     "preferred_name,"
     " subject, created_at, updated_at"
     " FROM v_account WHERE subject = $1 AND subject <> ''"},
    {kListAccounts, "list_accounts", kOrganization, kSeek, kBoth, "v_account", "",
     "SELECT organization, tenant, id, kind, name, description, active, zone, email, "
     "preferred_name,"
     " subject, created_at, updated_at"
     " FROM v_account WHERE kind = $1 ORDER BY created_at, id"},
    {kCountAccounts, "count_accounts", kOrganization, kSeek, kBoth, "v_account", "",
     "SELECT organization, COUNT(*) FROM v_account WHERE kind = $1 GROUP BY organization"},
    {kListRoles, "list_roles", kOrganization, kSeek, kBoth, "v_assigned_role", "",
     "SELECT organization, tenant, id, account, role, control_plane, region, created_at"
     " FROM v_assigned_role WHERE account = $1 ORDER BY created_at, id"},
    {kGetOrganization, "get_organization", kOrganization, kSeek, kBoth, "v_organization", "",
     "SELECT organization, id, name, created_at, updated_at FROM v_organization"},
    {kListTokens, "list_tokens", kOrganization, kSeek, kBoth, "v_token", "",
     "SELECT organization, id, account, name, sha256, created_at, expires_at, revoked_at,"
     " last_used_at, updated_at FROM v_token WHERE account = $1 ORDER BY created_at, id"},
    {kFindOrganizationQuota, "find_organization_quota", kOrganization, kSeek, kBoth,
     "v_organization_quota", "",
     "SELECT organization, resources, bytes, zones FROM v_organization_quota"},

    // ------------------------------------------------------------ one organization, writes
    {kInsertControlPlane, "insert_control_plane", kOrganization, kSeek, kWriter, "",
     "control_plane",
     "INSERT INTO control_plane (organization, id, name, description, labels, mesh_creation,"
     " hostname_generator_creation, api_version, cluster_id, created_at, updated_at,"
     " suspend_reason, gone)"
     " VALUES (current_organization(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0)"
     " RETURNING organization, tenant"},
    {kInsertTenantState, "insert_tenant_state", kTenant, kSeek, kWriter, "", "tenant_state",
     "INSERT INTO tenant_state (tenant, organization, id, revision, epoch, state)"
     " VALUES (current_tenant(), current_organization(), $1, 0, 0, 0)"},
    {kUpdateControlPlane, "update_control_plane", kOrganization, kSeek, kWriter, "",
     "control_plane",
     "UPDATE control_plane SET name = $2, description = $3, labels = $4, mesh_creation = $5,"
     " hostname_generator_creation = $6, api_version = $7, cluster_id = $8, updated_at = $9"
     " WHERE organization = current_organization() AND id = $1"
     " RETURNING organization, tenant"},
    {kMarkControlPlaneGone, "mark_control_plane_gone", kOrganization, kSeek, kWriter, "",
     "control_plane",
     "UPDATE control_plane SET gone = 1, id = '#' || tenant, name = '', description = '',"
     " labels = $2, suspend_reason = ''"
     " WHERE organization = current_organization() AND id = $1"
     " RETURNING organization, tenant"},
    {kMarkTenantGone, "mark_tenant_gone", kTenant, kSeek, kWriter, "", "tenant_state",
     "UPDATE tenant_state SET state = 1, id = ''"
     " WHERE tenant = current_tenant() AND organization = current_organization()"
     " RETURNING tenant, revision"},
    {kSetSuspension, "set_suspension", kOrganization, kSeek, kWriter, "", "control_plane",
     "UPDATE control_plane SET suspended_at = $2, suspended_until = $3, suspend_reason = $4"
     " WHERE organization = current_organization() AND id = $1"
     " RETURNING organization, tenant"},
    {kDeleteTokensOfControlPlane, "delete_tokens_of_control_plane", kOrganization, kSeek, kWriter,
     "", "token",
     "DELETE FROM token WHERE organization = current_organization() AND tenant = $1"
     " RETURNING organization, id"},
    {kDeleteAccountsOfControlPlane, "delete_accounts_of_control_plane", kOrganization, kSeek,
     kWriter, "", "account",
     "DELETE FROM account WHERE organization = current_organization() AND tenant = $1"},
    {kDeleteRolesOfControlPlane, "delete_roles_of_control_plane", kOrganization, kSeek, kWriter, "",
     "assigned_role",
     "DELETE FROM assigned_role WHERE organization = current_organization() AND tenant = $1"},
    {kInsertAccount, "insert_account", kOrganization, kSeek, kWriter, "", "account",
     "INSERT INTO account (organization, tenant, id, kind, name, description, active, zone,"
     " email, preferred_name, subject, created_at, updated_at)"
     " VALUES (current_organization(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"},
    {kRevokeToken, "revoke_token", kOrganization, kSeek, kWriter, "", "token",
     "UPDATE token SET revoked_at = COALESCE(revoked_at, $2)"
     " WHERE organization = current_organization() AND id = $1"},
    {kRenameToken, "rename_token", kOrganization, kSeek, kWriter, "", "token",
     "UPDATE token SET name = $2, updated_at = $3"
     " WHERE organization = current_organization() AND id = $1"},
    {kTouchToken, "touch_token", kOrganization, kSeek, kWriter, "", "token",
     "UPDATE token SET last_used_at = $2"
     " WHERE organization = current_organization() AND id = $1"},
    {kDeleteToken, "delete_token", kOrganization, kSeek, kWriter, "", "token",
     "DELETE FROM token WHERE organization = current_organization() AND id = $1"},
    {kUpdateAccount, "update_account", kOrganization, kSeek, kWriter, "", "account",
     "UPDATE account SET name = $2, description = $3, email = $4, preferred_name = $5, active = $6,"
     " updated_at = $7, subject = $8 WHERE organization = current_organization() AND id = $1"},
    {kInsertRole, "insert_role", kOrganization, kSeek, kWriter, "v_account", "assigned_role",
     "INSERT INTO assigned_role (organization, tenant, id, account, role, control_plane, region,"
     " created_at) SELECT organization, $3, $2, id, $4, $5, $6, $7 FROM v_account WHERE id = $1"},
    {kDeleteRole, "delete_role", kOrganization, kSeek, kWriter, "", "assigned_role",
     "DELETE FROM assigned_role"
     " WHERE organization = current_organization() AND account = $1 AND id = $2"},
    {kDeleteAllTokens, "delete_all_tokens", kOrganization, kSeek, kWriter, "", "token",
     "DELETE FROM token WHERE organization = current_organization() RETURNING organization, id"},
    {kDeleteAllRoles, "delete_all_roles", kOrganization, kSeek, kWriter, "", "assigned_role",
     "DELETE FROM assigned_role WHERE organization = current_organization()"},
    {kDeleteAllAccounts, "delete_all_accounts", kOrganization, kSeek, kWriter, "", "account",
     "DELETE FROM account WHERE organization = current_organization()"},
    {kSetOrganizationQuota, "set_organization_quota", kOrganization, kSeek, kWriter, "",
     "organization_quota",
     "INSERT INTO organization_quota (organization, resources, bytes, zones)"
     " VALUES (current_organization(), $1, $2, $3)"
     " ON CONFLICT (organization) DO UPDATE SET resources = $1, bytes = $2, zones = $3"},
    {kRemoveOrganizationQuota, "remove_organization_quota", kOrganization, kSeek, kWriter, "",
     "organization_quota",
     "DELETE FROM organization_quota WHERE organization = current_organization()"},

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

    // ------------------------------------------------------------ the audit
    {kListAuditAfter, "list_audit_after", kOrganization, kSeek, kBoth, "v_audit", "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE place > $1 ORDER BY place LIMIT $2"},
    {kListAuditBefore, "list_audit_before", kOrganization, kSeek, kBoth, "v_audit", "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE place < $1 ORDER BY place DESC LIMIT $2"},
    {kListAuditOfControlPlaneAfter, "list_audit_of_control_plane_after", kOrganization, kSeek,
     kBoth, "v_audit", "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE control_plane = $1 AND place > $2 ORDER BY place LIMIT $3"},
    {kListAuditOfControlPlaneBefore, "list_audit_of_control_plane_before", kOrganization, kSeek,
     kBoth, "v_audit", "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE control_plane = $1 AND place < $2 ORDER BY place DESC LIMIT $3"},
    {kListAuditOfChainAfter, "list_audit_of_chain_after", kOrganization, kSeek, kBoth, "v_audit",
     "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE chain = $1 AND sequence > $2 ORDER BY sequence LIMIT $3"},
    {kListAuditOfChainBefore, "list_audit_of_chain_before", kOrganization, kSeek, kBoth, "v_audit",
     "",
     "SELECT organization, sequence, tenant, control_plane, at, actor_kind, actor_id, actor_name,"
     " peer, request_id, trace_id, action, object_type, object_name, detail, hash, chain, place"
     " FROM v_audit WHERE chain = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3"},
    // Told apart by stepping from one to the next: how long they are does not matter.
    {kNextAuditChain, "next_audit_chain", kOrganization, kSeek, kBoth, "v_audit", "",
     "SELECT organization, chain, control_plane FROM v_audit"
     " WHERE chain > $1 ORDER BY chain, sequence LIMIT 1"},
    {kListMarkedChains, "list_marked_chains", kOrganization, kSeek, kBoth, "v_audit_mark", "",
     "SELECT organization, chain FROM v_audit_mark WHERE name = $1 ORDER BY chain"},
    {kListAuditMarks, "list_audit_marks", kOrganization, kSeek, kBoth, "v_audit_mark", "",
     "SELECT organization, name, sequence, hash, sealed FROM v_audit_mark"
     " WHERE chain = $1 ORDER BY name"},
    {kFindAuditTotal, "find_audit_total", kOrganization, kSeek, kBoth, "v_audit", "",
     "SELECT organization, sequence, total, place FROM v_audit"
     " WHERE chain = $1 AND sequence >= $2 ORDER BY sequence LIMIT 1"},
    {kInsertAudit, "insert_audit", kOrganization, kSeek, kWriter, "", "audit",
     "INSERT INTO audit (organization, sequence, tenant, control_plane, at, actor_kind, actor_id,"
     " actor_name, peer, request_id, trace_id, action, object_type, object_name, detail, hash,"
     " total, chain, place) VALUES (current_organization(), $1, $2, $3, $4, $5, $6, $7, $8, $9, "
     "$10,"
     " $11, $12, $13, $14, $15, $16, $17, $18)"},
    {kPruneAudit, "prune_audit", kOrganization, kSeek, kWriter, "", "audit",
     "DELETE FROM audit WHERE organization = current_organization() AND chain = $1"
     " AND sequence <= $2"},
    {kSetAuditMark, "set_audit_mark", kOrganization, kSeek, kWriter, "", "audit_mark",
     "INSERT INTO audit_mark (organization, chain, name, sequence, hash, sealed)"
     " VALUES (current_organization(), $1, $2, $3, $4, $5)"
     " ON CONFLICT (organization, chain, name) DO UPDATE SET sequence = $3, hash = $4,"
     " sealed = $5"},

    // ------------------------------------------------------------ before any scope
    {kSystemFindToken, "system_find_token", kSystem, kSeek, kBoth,
     "v_all_token v_all_account v_all_control_plane", "",
     "SELECT t.organization, t.id, t.account, t.name, t.sha256, t.created_at, t.expires_at,"
     " t.revoked_at, t.last_used_at, t.updated_at, a.tenant, a.id, a.kind, a.name, a.description,"
     " a.active, a.zone, a.email, a.preferred_name, a.subject, a.created_at,"
     " a.updated_at, c.id FROM v_all_token AS t"
     " JOIN v_all_account AS a ON a.organization = t.organization AND a.id = t.account"
     " LEFT JOIN v_all_control_plane AS c ON c.tenant = a.tenant"
     " WHERE t.id = $1"},
    {kSystemFindControlPlane, "system_find_control_plane", kSystem, kSeek, kBoth,
     "v_all_control_plane", "",
     "SELECT organization, organization, tenant, id, name, description, labels, mesh_creation,"
     " hostname_generator_creation, api_version, cluster_id, created_at, updated_at,"
     " suspended_at, suspended_until, suspend_reason"
     " FROM v_all_control_plane WHERE id = $1 AND gone = 0"},
    {kSystemListOrganizations, "system_list_organizations", kSystem, kScan, kBoth,
     "v_all_organization", "",
     "SELECT organization, id, name, created_at, updated_at FROM v_all_organization"
     " WHERE gone = 0 ORDER BY organization"},
    {kSystemFindOrganization, "system_find_organization", kSystem, kSeek, kBoth,
     "v_all_organization", "",
     "SELECT organization, id, name, created_at, updated_at FROM v_all_organization"
     " WHERE id = $1 AND gone = 0"},
    {kSystemInsertOrganization, "system_insert_organization", kSystem, kSeek, kWriter, "",
     "organization",
     "INSERT INTO organization (id, name, created_at, updated_at, gone) VALUES ($1, $2, $3, $4, 0)"
     " RETURNING organization"},
    {kSystemEndOrganization, "system_end_organization", kSystem, kSeek, kWriter, "", "organization",
     "UPDATE organization SET gone = 1, id = '#' || organization, name = '', updated_at = $2"
     " WHERE organization = $1"},
    {kSystemListGone, "system_list_gone", kSystem, kSeek, kWriter, "v_all_control_plane", "",
     "SELECT organization, tenant FROM v_all_control_plane WHERE gone = 1 ORDER BY tenant"},
    {kSystemListOperators, "system_list_operators", kSystem, kSeek, kBoth, "v_all_assigned_role",
     "",
     "SELECT organization, account FROM v_all_assigned_role"
     " WHERE role = 'Operator'"},
}};

}  // namespace

Room RoomOf(const Statement& statement) {
  if (statement.writes.empty()) return Room::kKept;
  switch (statement.id) {
    case kSetRevision:
    case kAddCount:
    case kAddTombstones:
    case kAddUsage:
    case kSetCollected:
    case kInsertAudit:
    case kSetAuditMark:
      return Room::kKept;
    case kDeleteResource:
    case kDeleteResourcesOfMesh:
    case kDeleteResourcesOfZone:
    case kRemoveResource:
    case kRemovePendingKey:
    case kDeleteTokensOfAccount:
    case kDeleteRolesOfAccount:
    case kDeleteAccount:
    case kMarkControlPlaneGone:
    case kMarkTenantGone:
    case kDeleteTokensOfControlPlane:
    case kDeleteAccountsOfControlPlane:
    case kDeleteRolesOfControlPlane:
    case kRevokeToken:
    case kDeleteToken:
    case kDeleteRole:
    case kDeleteAllTokens:
    case kDeleteAllRoles:
    case kDeleteAllAccounts:
    case kRemoveCounts:
    case kRemoveTombstoneState:
    case kRemovePendingKeys:
    case kRemoveUsage:
    case kRemoveQuota:
    case kRemoveOrganizationQuota:
    case kRemoveTenantState:
    case kRemoveControlPlane:
    case kPruneAudit:
    case kSystemEndOrganization:
      return Room::kGiven;
    default:
      return Room::kTaken;
  }
}

std::span<const Statement> Catalogue() { return kCatalogue; }

}  // namespace skyden::store
