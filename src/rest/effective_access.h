// SPDX-License-Identifier: Apache-2.0
// What an account may do, and by which of its roles or those of its teams.
#pragma once

#include <string>
#include <vector>

#include "rest/json_writer.h"
#include "skyden/identity/team_service.h"
#include "skyden/model/ids.h"
#include "skyden/store/records.h"

namespace skyden::rest {

// Whether the roles allow anything on the control plane, or (kNoTenant) on all.
bool HasActions(const std::vector<store::RoleRecord>& roles, model::TenantKey tenant);
// "actions": what the roles allow there, and which of them does; of a role that a team holds, which
// of `teams`.
void WriteActions(const std::vector<store::RoleRecord>& roles,
                  const std::vector<store::AccountRecord>& teams, model::TenantKey tenant,
                  JsonWriter& json);
// "account", "active" and "groups_may_add".
void WriteAccountOfAccess(const store::AccountRecord& account, JsonWriter& json);

// `control_planes`: those whose names the caller may know.
std::string EffectiveAccessJson(
    const identity::TeamService::Holdings& holdings,
    const std::vector<const store::ControlPlaneRecord*>& control_planes);

}  // namespace skyden::rest
