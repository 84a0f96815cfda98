// SPDX-License-Identifier: Apache-2.0
// What roles on all control planes give is said once; a control plane is named where a role is on
// it alone, with all that may be done there.
#include "rest/effective_access.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "rest/identity_json.h"
#include "rest/json_writer.h"
#include "skyden/identity/account_service.h"
#include "skyden/model/access.h"
#include "skyden/model/gives.h"

namespace skyden::rest {
namespace {

using model::Action;
using store::RoleRecord;

constexpr std::pair<Action, std::string_view> kActions[] = {
    {Action::kList, "list"},
    {Action::kCreate, "create"},
    {Action::kAdminister, "administer"},
    {Action::kConnect, "connect"},
    {Action::kRead, "read"},
    {Action::kReadSecrets, "read_secrets"},
    {Action::kWrite, "write"},
    {Action::kWriteSecrets, "write_secrets"},
    {Action::kManage, "manage"},
};

bool GivesAny(const RoleRecord& role, Action action, model::TenantKey tenant) {
  const model::Grant grant = role.grant();
  return model::Gives(grant, action, tenant) || model::GivesInParts(grant, action, tenant);
}

void WriteTeamOf(const RoleRecord& role, const std::vector<store::AccountRecord>& teams,
                 JsonWriter& json) {
  const auto team = std::find_if(teams.begin(), teams.end(),
                                 [&role](const auto& one) { return one.id == role.account; });
  if (team == teams.end()) return;
  json.Key("team").BeginObject();
  json.Field("id", team->id.str()).Field("name", team->name).EndObject();
}

}  // namespace

bool HasActions(const std::vector<RoleRecord>& roles, model::TenantKey tenant) {
  return std::any_of(roles.begin(), roles.end(), [&](const RoleRecord& role) {
    return std::any_of(std::begin(kActions), std::end(kActions),
                       [&](const auto& one) { return GivesAny(role, one.first, tenant); });
  });
}

void WriteActions(const std::vector<RoleRecord>& roles,
                  const std::vector<store::AccountRecord>& teams, model::TenantKey tenant,
                  JsonWriter& json) {
  json.Key("actions").BeginArray();
  for (const auto& [action, name] : kActions) {
    std::vector<const RoleRecord*> by;
    for (const RoleRecord& role : roles) {
      if (GivesAny(role, action, tenant)) by.push_back(&role);
    }
    if (by.empty()) continue;
    json.BeginObject().Field("action", name).Key("by").BeginArray();
    for (const RoleRecord* role : by) {
      const bool on_all = role->tenant == model::kNoTenant;
      json.BeginObject()
          .Field("role", model::RoleName(role->role))
          .Field("role_id", role->id.str())
          .Field("on", on_all ? identity::kAllControlPlanes : role->control_plane.str());
      WriteNarrowing(role->narrowing, json);
      WriteTeamOf(*role, teams, json);
      json.EndObject();
    }
    json.EndArray().EndObject();
  }
  json.EndArray();
}

void WriteAccountOfAccess(const store::AccountRecord& account, JsonWriter& json) {
  const bool is_user = account.kind == identity::AccountKind::kUser;
  json.Key("account").BeginObject().Field("id", account.id.str());
  json.Field("type", is_user ? "user" : "system_account").Field("name", account.name).EndObject();
  json.Field("active", account.active);
  // What a group of the identity provider gives is in the token that names the group.
  json.Field("groups_may_add", !account.subject.empty());
}

std::string EffectiveAccessJson(
    const identity::TeamService::Holdings& holdings,
    const std::vector<const store::ControlPlaneRecord*>& control_planes) {
  JsonWriter json;
  json.BeginObject();
  const std::vector<RoleRecord>& roles = holdings.roles;
  WriteAccountOfAccess(holdings.account, json);
  json.Key("organization").BeginObject();
  WriteActions(roles, holdings.teams, model::kNoTenant, json);
  json.EndObject().Key("control_planes").BeginArray();
  std::map<std::string, model::TenantKey> own;
  for (const RoleRecord& role : roles) {
    if (role.tenant != model::kNoTenant) own.emplace(role.control_plane.str(), role.tenant);
  }
  for (const auto& [id, tenant] : own) {
    json.BeginObject().Field("id", id);
    const auto known =
        std::find_if(control_planes.begin(), control_planes.end(),
                     [&, &key = tenant](const auto* record) { return record->tenant == key; });
    if (known != control_planes.end()) json.Field("name", (*known)->name);
    WriteActions(roles, holdings.teams, tenant, json);
    json.EndObject();
  }
  json.EndArray().EndObject();
  return json.Take();
}

}  // namespace skyden::rest
