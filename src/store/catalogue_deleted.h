// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue for control planes that were deleted and are kept for a while.
#pragma once

#include <array>

#include "store/catalogue_words.h"

namespace skyden::store::catalogue {

inline constexpr auto kDeleted = std::to_array<Statement>({
    // ------------------------------------------------------------ reads
    {kListDeletedControlPlanes, "list_deleted_control_planes", kOrganization, kSeek, kBoth,
     "v_deleted_control_plane", "",
     "SELECT organization, tenant, id, name, deleted_at, actor_kind, actor_id, actor_name"
     " FROM v_deleted_control_plane ORDER BY tenant"},
    {kGetDeletedControlPlane, "get_deleted_control_plane", kOrganization, kSeek, kBoth,
     "v_deleted_control_plane", "",
     "SELECT organization, tenant, name, kept FROM v_deleted_control_plane WHERE id = $1"},
    {kListAccountsOfControlPlane, "list_accounts_of_control_plane", kOrganization, kSeek, kWriter,
     "v_account", "",
     "SELECT organization, tenant, id, kind, name, description, active, zone, email, "
     "preferred_name,"
     " subject, created_at, updated_at, labels FROM v_account WHERE tenant = $1 ORDER BY id"},
    {kListTokensOfControlPlane, "list_tokens_of_control_plane", kOrganization, kSeek, kWriter,
     "v_token", "",
     "SELECT organization, id, account, name, sha256, created_at, expires_at, revoked_at,"
     " last_used_at, updated_at, kind, parent, provider_session, person_groups FROM v_token"
     " WHERE tenant = $1 ORDER BY id"},
    {kListRolesOfControlPlane, "list_roles_of_control_plane", kOrganization, kSeek, kWriter,
     "v_assigned_role", "",
     "SELECT organization, tenant, id, account, role, control_plane, region, created_at, narrowing"
     " FROM v_assigned_role WHERE tenant = $1 ORDER BY id"},

    // ------------------------------------------------------------ writes
    {kShelveControlPlane, "shelve_control_plane", kOrganization, kSeek, kWriter, "",
     "control_plane",
     "UPDATE control_plane SET gone = 2, id = '#' || tenant"
     " WHERE organization = current_organization() AND id = $1"
     " RETURNING organization, tenant"},
    {kShelveTenant, "shelve_tenant", kTenant, kSeek, kWriter, "", "tenant_state",
     "UPDATE tenant_state SET state = 2, id = ''"
     " WHERE tenant = current_tenant() AND organization = current_organization()"
     " RETURNING tenant, revision"},
    {kInsertDeletedControlPlane, "insert_deleted_control_plane", kOrganization, kSeek, kWriter, "",
     "deleted_control_plane",
     "INSERT INTO deleted_control_plane (organization, tenant, id, name, deleted_at, actor_kind,"
     " actor_id, actor_name, kept)"
     " VALUES (current_organization(), $1, $2, $3, $4, $5, $6, $7, $8)"},
    {kUnshelveControlPlane, "unshelve_control_plane", kTenant, kSeek, kWriter, "", "control_plane",
     "UPDATE control_plane SET gone = 0, id = $1, name = $2"
     " WHERE tenant = current_tenant() AND organization = current_organization()"},
    {kUnshelveTenant, "unshelve_tenant", kTenant, kSeek, kWriter, "", "tenant_state",
     "UPDATE tenant_state SET state = 0, id = $1"
     " WHERE tenant = current_tenant() AND organization = current_organization()"
     " RETURNING tenant, revision"},
    {kRemoveDeletedControlPlane, "remove_deleted_control_plane", kOrganization, kSeek, kWriter, "",
     "deleted_control_plane",
     "DELETE FROM deleted_control_plane"
     " WHERE organization = current_organization() AND tenant = $1"},
    {kEndShelvedControlPlane, "end_shelved_control_plane", kTenant, kSeek, kWriter, "",
     "control_plane",
     "UPDATE control_plane SET gone = 1, name = '', description = '', labels = $1,"
     " suspend_reason = ''"
     " WHERE tenant = current_tenant() AND organization = current_organization()"},
});

}  // namespace skyden::store::catalogue
