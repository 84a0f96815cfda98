// SPDX-License-Identifier: Apache-2.0
// The part of the catalogue for teams, who is in them, and what that gives.
#pragma once

#include <array>

#include "store/catalogue_words.h"

namespace skyden::store::catalogue {

inline constexpr auto kTeams = std::to_array<Statement>({
    // ------------------------------------------------------------ reads
    {kFindTeamByName, "find_team_by_name", kOrganization, kSeek, kBoth, "v_account", "",
     "SELECT organization, tenant, id, kind, name, description, active, zone, email, "
     "preferred_name,"
     " subject, created_at, updated_at, labels"
     " FROM v_account WHERE kind = 'team' AND name = $1"},
    {kListMembers, "list_members", kOrganization, kSeek, kBoth, "v_account v_team_member", "",
     "SELECT m.organization, a.tenant, a.id, a.kind, a.name, a.description, a.active, a.zone,"
     " a.email, a.preferred_name, a.subject, a.created_at, a.updated_at, a.labels"
     " FROM v_team_member AS m"
     " JOIN v_account AS a ON a.id = m.account"
     " WHERE m.team = $1"},
    {kListTeamsOf, "list_teams_of", kOrganization, kSeek, kBoth, "v_account v_team_member", "",
     "SELECT m.organization, a.tenant, a.id, a.kind, a.name, a.description, a.active, a.zone,"
     " a.email, a.preferred_name, a.subject, a.created_at, a.updated_at, a.labels"
     " FROM v_team_member AS m"
     " JOIN v_account AS a ON a.id = m.team"
     " WHERE m.account = $1"},
    {kListRolesOfTeams, "list_roles_of_teams", kOrganization, kSeek, kBoth,
     "v_assigned_role v_team_member", "",
     "SELECT m.organization, r.tenant, r.id, r.account, r.role, r.control_plane, r.region,"
     " r.created_at, r.narrowing FROM v_team_member AS m"
     " JOIN v_assigned_role AS r ON r.account = m.team"
     " WHERE m.account = $1"},

    // ------------------------------------------------------------ writes
    {kInsertMember, "insert_member", kOrganization, kSeek, kWriter, "v_account", "team_member",
     "INSERT INTO team_member (organization, team, account, created_at)"
     " SELECT organization, id, $2, $3 FROM v_account WHERE id = $1 AND kind = 'team'"},
    {kDeleteMember, "delete_member", kOrganization, kSeek, kWriter, "", "team_member",
     "DELETE FROM team_member"
     " WHERE organization = current_organization() AND team = $1 AND account = $2"},
    {kDeleteMembersOf, "delete_members_of", kOrganization, kSeek, kWriter, "", "team_member",
     "DELETE FROM team_member WHERE organization = current_organization() AND team = $1"},
    {kDeleteMembershipsOf, "delete_memberships_of", kOrganization, kSeek, kWriter, "",
     "team_member",
     "DELETE FROM team_member WHERE organization = current_organization() AND account = $1"},
    {kDeleteAllMembers, "delete_all_members", kOrganization, kSeek, kWriter, "", "team_member",
     "DELETE FROM team_member WHERE organization = current_organization()"},
});

}  // namespace skyden::store::catalogue
