// SPDX-License-Identifier: Apache-2.0
#include "identity/audit_detail.h"

#include <string>
#include <vector>

#include "skyden/base/json_text.h"
#include "skyden/base/rfc3339.h"
#include "skyden/model/access.h"

namespace skyden::identity {
namespace {

std::string ListText(const std::vector<std::string>& words) {
  std::string text = "[";
  for (const std::string& word : words) {
    if (&word != &words.front()) text += ',';
    base::AppendJsonString(text, word);
  }
  return text + "]";
}

}  // namespace

store::AuditNote NoteOf(absl::Time at, const char* action, const store::AccountRecord& account) {
  const bool is_team = account.kind == store::AccountRecord::Kind::kTeam;
  return {at, action, is_team ? "Team" : "Account", account.id.str(),
          base::JsonObjectText()
              .Text("name", account.name)
              .TextIfAny("email", account.email)
              .Raw("active", account.active ? "true" : "false")
              .Take()};
}

store::AuditNote NoteOf(absl::Time at, const char* action, const store::RoleRecord& role) {
  base::JsonObjectText detail;
  detail.Text("account", role.account.str())
      .Text("role", model::RoleName(role.role))
      .TextIfAny("control_plane", role.control_plane.str());
  const model::Narrowing& to = role.narrowing;
  if (!to.meshes.empty()) detail.Raw("meshes", ListText(to.meshes));
  if (!to.types.empty()) detail.Raw("types", ListText(to.types));
  return {at, action, "Role", role.id.str(), detail.Take()};
}

store::AuditNote MemberNoteOf(absl::Time at, const char* action, const store::AccountRecord& team,
                              const store::AccountRecord& member) {
  return {at, action, "Team", team.id.str(),
          base::JsonObjectText()
              .Text("name", team.name)
              .Text("account", member.id.str())
              .Text("account_name", member.name)
              .TextIfAny("email", member.email)
              .Take()};
}

store::AuditNote NoteOf(absl::Time at, const char* action, const store::TokenRecord& token) {
  base::JsonObjectText detail;
  detail.Text("account", token.account.str()).Text("name", token.name);
  if (token.expires_at) detail.Text("expires_at", base::FormatRfc3339(*token.expires_at));
  return {at, action, "Token", token.id.str(), detail.Take()};
}

store::AuditNote SessionNoteOf(absl::Time at, const char* action,
                               const store::TokenRecord& session) {
  base::JsonObjectText detail;
  detail.Text("account", session.account.str())
      .Text("by", session.parent.empty() ? "identity provider" : "token")
      .TextIfAny("token", session.parent.str());
  if (session.expires_at) detail.Text("expires_at", base::FormatRfc3339(*session.expires_at));
  return {at, action, "Session", session.id.str(), detail.Take()};
}

}  // namespace skyden::identity
