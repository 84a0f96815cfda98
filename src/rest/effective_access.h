// SPDX-License-Identifier: Apache-2.0
// What an account may do, and by which of its roles.
#pragma once

#include <string>
#include <vector>

#include "rest/json_writer.h"
#include "skyden/model/ids.h"
#include "skyden/store/records.h"

namespace skyden::rest {

// Whether the roles allow anything on the control plane, or (kNoTenant) on all.
bool HasActions(const std::vector<store::RoleRecord>& roles, model::TenantKey tenant);
// "actions": what they allow there, and which of them does.
void WriteActions(const std::vector<store::RoleRecord>& roles, model::TenantKey tenant,
                  JsonWriter& json);
// "account", "active" and "groups_may_add".
void WriteAccountOfAccess(const store::AccountRecord& account, JsonWriter& json);

// `control_planes`: those whose names the caller may know.
std::string EffectiveAccessJson(
    const store::AccountRecord& account, const std::vector<store::RoleRecord>& roles,
    const std::vector<const store::ControlPlaneRecord*>& control_planes);

}  // namespace skyden::rest
