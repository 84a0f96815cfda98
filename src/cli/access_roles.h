// SPDX-License-Identifier: Apache-2.0
// What AccessRoles and AccessRoleBindings, by which commercial builds of Kuma say who may write,
// come to as roles of accounts and teams.
#pragma once

#include <string>
#include <vector>

#include "cli/api_client.h"
#include "cli/role_commands.h"

namespace skyden::cli {

struct ProposedRole {
  enum class Holder { kAccount, kTeam } holder = Holder::kAccount;
  std::string name;  // of the account or the team
  RoleWords role;
  std::string from;  // the AccessRole
};

struct AccessRolesReading {
  std::vector<ProposedRole> roles;
  std::vector<std::string> left_out;  // what has no likeness here, and why
};

// There everybody reads: each subject gets a Viewer as well, unless a role of it reads everything
// or nobody wants that.
enum class Viewers { kAreMade, kAreNot };

// `documents` of other types are passed over.
AccessRolesReading ReadAccessRoles(const std::vector<Json>& documents,
                                   const std::string& control_plane, Viewers viewers);

}  // namespace skyden::cli
