// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/filters.h"

#include "skyden/base/rfc3339.h"
#include "skyden/identity/organization_service.h"
#include "skyden/identity/token_service.h"

namespace skyden::identity {
namespace {

using store::AccountRecord;
using store::OrganizationRecord;
using store::RoleRecord;
using store::TokenRecord;
using Text = std::optional<std::string>;

Text Shown(const std::optional<absl::Time>& time) {
  return time ? Text(base::FormatRfc3339(*time)) : std::nullopt;
}

template <class T>
Text IdOf(const T& item, absl::Time) {
  return item.id.str();
}
template <class T>
Text NameOf(const T& item, absl::Time) {
  return item.name;
}
template <class T>
Text CreatedAt(const T& item, absl::Time) {
  return Shown(item.created_at);
}
template <class T>
Text UpdatedAt(const T& item, absl::Time) {
  return Shown(item.updated_at);
}

constexpr model::FilterField<OrganizationRecord> kOrganizationFields[] = {
    {"id", IdOf<OrganizationRecord>},
    {"name", NameOf<OrganizationRecord>},
    {"state", [](const OrganizationRecord&, absl::Time) { return Text(kOrganizationState); }},
    {"created_at", CreatedAt<OrganizationRecord>},
    {"updated_at", UpdatedAt<OrganizationRecord>},
};

constexpr model::FilterField<AccountRecord> kUserFields[] = {
    {"id", IdOf<AccountRecord>},
    {"email", [](const AccountRecord& user, absl::Time) { return Text(user.email); }},
    {"full_name", NameOf<AccountRecord>},
    {"preferred_name",
     [](const AccountRecord& user, absl::Time) { return Text(user.preferred_name); }},
    {"active",
     [](const AccountRecord& user, absl::Time) { return Text(user.active ? "true" : "false"); }},
    {"created_at", CreatedAt<AccountRecord>},
    {"updated_at", UpdatedAt<AccountRecord>},
};

constexpr model::FilterField<AccountRecord> kSystemAccountFields[] = {
    {"id", IdOf<AccountRecord>},
    {"name", NameOf<AccountRecord>},
    {"description",
     [](const AccountRecord& account, absl::Time) { return Text(account.description); }},
    // Those of zones are not in these lists.
    {"konnect_managed", [](const AccountRecord&, absl::Time) { return Text("false"); }},
    {"created_at", CreatedAt<AccountRecord>},
    {"updated_at", UpdatedAt<AccountRecord>},
};

constexpr model::FilterField<AccountRecord> kTeamFields[] = {
    {"id", IdOf<AccountRecord>},
    {"name", NameOf<AccountRecord>},
    {"description",
     [](const AccountRecord& account, absl::Time) { return Text(account.description); }},
    // None is the daemon's own.
    {"system_team", [](const AccountRecord&, absl::Time) { return Text("false"); }},
    {"created_at", CreatedAt<AccountRecord>},
    {"updated_at", UpdatedAt<AccountRecord>},
};

constexpr model::FilterField<RoleRecord> kRoleFields[] = {
    {"id", IdOf<RoleRecord>},
    {"role_name",
     [](const RoleRecord& role, absl::Time) { return Text(model::RoleName(role.role)); }},
    {"entity_id",
     [](const RoleRecord& role, absl::Time) {
       return Text(role.control_plane.empty() ? kAllControlPlanes : role.control_plane.str());
     }},
    {"entity_type_name", [](const RoleRecord&, absl::Time) { return Text(kEntityType); }},
    {"entity_region", [](const RoleRecord& role, absl::Time) { return Text(role.region); }},
};

constexpr model::FilterField<TokenRecord> kTokenFields[] = {
    {"id", IdOf<TokenRecord>},
    {"name", NameOf<TokenRecord>},
    {"created_at", CreatedAt<TokenRecord>},
    {"updated_at", UpdatedAt<TokenRecord>},
    {"expires_at", [](const TokenRecord& token, absl::Time) { return Shown(token.expires_at); }},
    {"last_used_at",
     [](const TokenRecord& token, absl::Time) { return Shown(token.last_used_at); }},
    // What follows, personal access tokens have alone.
    {"user_id", [](const TokenRecord& token, absl::Time) { return Text(token.account.str()); }},
    {"state",
     [](const TokenRecord& token, absl::Time now) { return Text(StateName(StateOf(token, now))); }},
};
constexpr size_t kSystemAccountTokenFields = 6;

}  // namespace

const model::Filterable<OrganizationRecord>& OrganizationFilters() {
  static constexpr model::Filterable<OrganizationRecord> filters{kOrganizationFields};
  return filters;
}

const model::Filterable<AccountRecord>& AccountFilters(AccountKind kind) {
  static constexpr model::Filterable<AccountRecord> users{kUserFields};
  static constexpr model::Filterable<AccountRecord> system_accounts{kSystemAccountFields};
  static constexpr model::Filterable<AccountRecord> teams{
      kTeamFields, [](const AccountRecord& team) -> const model::Labels& { return team.labels; }};
  if (kind == AccountKind::kTeam) return teams;
  return kind == AccountKind::kUser ? users : system_accounts;
}

const model::Filterable<RoleRecord>& RoleFilters() {
  static constexpr model::Filterable<RoleRecord> filters{kRoleFields};
  return filters;
}

const model::Filterable<TokenRecord>& TokenFilters(AccountKind kind) {
  static constexpr model::Filterable<TokenRecord> personal{kTokenFields};
  static constexpr model::Filterable<TokenRecord> of_system_accounts{
      std::span(kTokenFields).first<kSystemAccountTokenFields>()};
  return kind == AccountKind::kUser ? personal : of_system_accounts;
}

}  // namespace skyden::identity
