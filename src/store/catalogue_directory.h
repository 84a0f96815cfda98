// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue for organizations, who is in them, and what comes before any scope.
#pragma once

#include <array>

#include "store/catalogue_words.h"

namespace skyden::store::catalogue {

inline constexpr auto kDirectory = std::to_array<Statement>({
    // ---------------------------------- an organization's, or one control plane's part of it
    {kInsertToken, "insert_token", kOrganization, kSeek, kWriter, "v_account", "token",
     "INSERT INTO token (organization, tenant, id, account, name, sha256, created_at, expires_at,"
     " revoked_at, last_used_at, updated_at, kind, parent, provider_session, person_groups)"
     " SELECT organization, tenant, $1, id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13"
     " FROM v_account WHERE id = $2 AND kind <> 'team'"},
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
     " subject, created_at, updated_at, labels"
     " FROM v_account WHERE id = $1"},
    {kFindAccountBySubject, "find_account_by_subject", kOrganization, kSeek, kBoth, "v_account", "",
     "SELECT organization, tenant, id, kind, name, description, active, zone, email, "
     "preferred_name,"
     " subject, created_at, updated_at, labels"
     " FROM v_account WHERE subject = $1 AND subject <> ''"},
    {kListAccounts, "list_accounts", kOrganization, kSeek, kBoth, "v_account", "",
     "SELECT organization, tenant, id, kind, name, description, active, zone, email, "
     "preferred_name,"
     " subject, created_at, updated_at, labels"
     " FROM v_account WHERE kind = $1 ORDER BY created_at, id"},
    {kCountAccounts, "count_accounts", kOrganization, kSeek, kBoth, "v_account", "",
     "SELECT organization, COUNT(*) FROM v_account WHERE kind = $1 GROUP BY organization"},
    {kListRoles, "list_roles", kOrganization, kSeek, kBoth, "v_assigned_role", "",
     "SELECT organization, tenant, id, account, role, control_plane, region, created_at, narrowing"
     " FROM v_assigned_role WHERE account = $1 ORDER BY created_at, id"},
    {kGetOrganization, "get_organization", kOrganization, kSeek, kBoth, "v_organization", "",
     "SELECT organization, id, name, created_at, updated_at FROM v_organization"},
    {kListTokens, "list_tokens", kOrganization, kSeek, kBoth, "v_token", "",
     "SELECT organization, id, account, name, sha256, created_at, expires_at, revoked_at,"
     " last_used_at, updated_at, kind, parent, provider_session, person_groups FROM v_token"
     " WHERE account = $1 AND kind = $2 ORDER BY created_at, id"},
    {kListSessions, "list_sessions", kOrganization, kSeek, kBoth, "v_token", "",
     "SELECT organization, id, account, name, sha256, created_at, expires_at, revoked_at,"
     " last_used_at, updated_at, kind, parent, provider_session, person_groups FROM v_token"
     " WHERE kind = 'session' ORDER BY created_at, id"},
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
     " email, preferred_name, subject, created_at, updated_at, labels)"
     " VALUES (current_organization(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"},
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
    {kDeleteSessionsOfToken, "delete_sessions_of_token", kOrganization, kSeek, kWriter, "", "token",
     "DELETE FROM token WHERE organization = current_organization() AND parent = $1"
     " RETURNING organization, id"},
    {kUpdateAccount, "update_account", kOrganization, kSeek, kWriter, "", "account",
     "UPDATE account SET name = $2, description = $3, email = $4, preferred_name = $5, active = $6,"
     " updated_at = $7, subject = $8, labels = $9"
     " WHERE organization = current_organization() AND id = $1"},
    {kInsertRole, "insert_role", kOrganization, kSeek, kWriter, "v_account", "assigned_role",
     "INSERT INTO assigned_role (organization, tenant, id, account, role, control_plane, region,"
     " created_at, narrowing)"
     " SELECT organization, $3, $2, id, $4, $5, $6, $7, $8 FROM v_account WHERE id = $1"},
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

    // ------------------------------------------------------------ before any scope
    {kSystemFindToken, "system_find_token", kSystem, kSeek, kBoth,
     "v_all_token v_all_account v_all_control_plane", "",
     "SELECT t.organization, t.id, t.account, t.name, t.sha256, t.created_at, t.expires_at,"
     " t.revoked_at, t.last_used_at, t.updated_at, t.kind, t.parent, t.provider_session,"
     " t.person_groups, a.tenant, a.id, a.kind, a.name, a.description, a.active, a.zone, a.email,"
     " a.preferred_name, a.subject, a.created_at, a.updated_at, a.labels, c.id"
     " FROM v_all_token AS t"
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
});

}  // namespace skyden::store::catalogue
