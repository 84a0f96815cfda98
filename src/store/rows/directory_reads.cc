// SPDX-License-Identifier: Apache-2.0
#include "store/rows/directory_reads.h"

#include <algorithm>
#include <set>
#include <utility>

#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/records.h"
#include "store/rows/team_rows.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {

constexpr Binding kSystemBinding{0, 0, true};

absl::Status AppendToken(const Row& row, std::vector<TokenRecord>& to) {
  SKYDEN_ASSIGN_OR_RETURN(TokenRecord record, ReadToken(row));
  to.push_back(std::move(record));
  return absl::OkStatus();
}

// Whether the account is active and has a good token.
absl::StatusOr<bool> ComesIn(Session& session, const Binding& owner, const AccountRecord& account,
                             absl::Time now) {
  if (!account.active) return false;
  SKYDEN_ASSIGN_OR_RETURN(const auto tokens,
                          ListTokenRows(session, owner, account.id, TokenRecord::Kind::kToken));
  return std::any_of(tokens.begin(), tokens.end(),
                     [now](const TokenRecord& token) { return token.GoodAt(now); });
}

}  // namespace

absl::StatusOr<std::optional<ControlPlaneRecord>> FindControlPlaneRow(
    Session& session, const Binding& binding, const model::ControlPlaneId& id) {
  std::optional<ControlPlaneRecord> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kFindControlPlane, {Param::Text(id.str())},
                                     [&](const Row& row) -> absl::Status {
                                       SKYDEN_ASSIGN_OR_RETURN(found, ReadControlPlane(row));
                                       return absl::OkStatus();
                                     }));
  return found;
}

absl::StatusOr<std::vector<ControlPlaneRecord>> ListControlPlaneRows(Session& session,
                                                                     const Binding& binding) {
  std::vector<ControlPlaneRecord> found;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kListControlPlanes, {}, [&](const Row& row) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(ControlPlaneRecord record, ReadControlPlane(row));
        found.push_back(std::move(record));
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<std::optional<AccountRecord>> FindAccountRow(Session& session,
                                                            const Binding& binding,
                                                            const model::AccountId& id) {
  std::optional<AccountRecord> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kFindAccount, {Param::Text(id.str())},
                                     [&](const Row& row) -> absl::Status {
                                       SKYDEN_ASSIGN_OR_RETURN(found, ReadAccount(row, 1));
                                       return absl::OkStatus();
                                     }));
  return found;
}

absl::StatusOr<std::optional<AccountRecord>> FindAccountRowBySubject(Session& session,
                                                                     const Binding& binding,
                                                                     const std::string& subject) {
  std::optional<AccountRecord> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kFindAccountBySubject, {Param::Text(subject)},
                                     [&](const Row& row) -> absl::Status {
                                       SKYDEN_ASSIGN_OR_RETURN(found, ReadAccount(row, 1));
                                       return absl::OkStatus();
                                     }));
  return found;
}

absl::StatusOr<std::vector<AccountRecord>> ListAccountRows(Session& session, const Binding& binding,
                                                           AccountRecord::Kind kind) {
  std::vector<AccountRecord> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(
      binding, kListAccounts, {Param::Text(EncodeKind(kind))}, [&](const Row& row) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(AccountRecord record, ReadAccount(row, 1));
        found.push_back(std::move(record));
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<uint64_t> CountAccountRows(Session& session, const Binding& binding,
                                          AccountRecord::Kind kind) {
  uint64_t count = 0;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kCountAccounts, {Param::Text(EncodeKind(kind))}, [&](const Row& row) {
        count = row.Unsigned(1);
        return absl::OkStatus();
      }));
  return count;
}

absl::StatusOr<std::vector<RoleRecord>> ListRoleRows(Session& session, const Binding& binding,
                                                     const model::AccountId& account) {
  std::vector<RoleRecord> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kListRoles, {Param::Text(account.str())},
                                     [&](const Row& row) -> absl::Status {
                                       SKYDEN_ASSIGN_OR_RETURN(RoleRecord record, ReadRole(row));
                                       found.push_back(std::move(record));
                                       return absl::OkStatus();
                                     }));
  return found;
}

absl::StatusOr<OrganizationRecord> GetOrganizationRow(Session& session, const Binding& binding) {
  absl::StatusOr<OrganizationRecord> found = OrganizationNotFound();
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kGetOrganization, {}, [&](const Row& row) {
    found = ReadOrganization(row);
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<TokenRecord>> ListTokenRows(Session& session, const Binding& binding,
                                                       const model::AccountId& account,
                                                       TokenRecord::Kind kind) {
  std::vector<TokenRecord> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(
      binding, kListTokens, {Param::Text(account.str()), Param::Text(EncodeTokenKind(kind))},
      [&](const Row& row) { return AppendToken(row, found); }));
  return found;
}

absl::StatusOr<std::vector<TokenRecord>> ListSessionRows(Session& session, const Binding& binding) {
  std::vector<TokenRecord> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kListSessions, {},
                                     [&](const Row& row) { return AppendToken(row, found); }));
  return found;
}

absl::StatusOr<std::optional<TokenOwner>> SystemFindTokenRow(Session& session,
                                                             const model::TokenId& id) {
  std::optional<TokenOwner> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(kSystemBinding, kSystemFindToken, {Param::Text(id.str())},
                                     [&](const Row& row) -> absl::Status {
                                       TokenOwner owner;
                                       owner.organization = model::OrganizationKey{row.Int(0)};
                                       SKYDEN_ASSIGN_OR_RETURN(owner.token, ReadToken(row));
                                       SKYDEN_ASSIGN_OR_RETURN(owner.account, ReadAccount(row, 14));
                                       if (!row.IsNull(27)) {
                                         owner.control_plane =
                                             model::ControlPlaneId(row.String(27));
                                       }
                                       found = std::move(owner);
                                       return absl::OkStatus();
                                     }));
  if (!found || found->account.kind == AccountRecord::Kind::kZone) return found;
  const Binding owner{static_cast<int64_t>(found->organization), 0, false};
  SKYDEN_ASSIGN_OR_RETURN(found->roles, ListEffectiveRoleRows(session, owner, found->account.id));
  return found;
}

absl::StatusOr<std::optional<ControlPlaneRecord>> SystemFindControlPlaneRow(
    Session& session, const model::ControlPlaneId& id) {
  std::optional<ControlPlaneRecord> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(kSystemBinding, kSystemFindControlPlane,
                                     {Param::Text(id.str())}, [&](const Row& row) -> absl::Status {
                                       SKYDEN_ASSIGN_OR_RETURN(found, ReadControlPlane(row));
                                       return absl::OkStatus();
                                     }));
  return found;
}

absl::StatusOr<std::vector<OrganizationRecord>> SystemListOrganizationRows(Session& session) {
  std::vector<OrganizationRecord> found;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(kSystemBinding, kSystemListOrganizations, {}, [&](const Row& row) {
        found.push_back(ReadOrganization(row));
        return absl::OkStatus();
      }));
  return found;
}

absl::StatusOr<std::optional<OrganizationRecord>> SystemFindOrganizationRow(
    Session& session, const model::OrganizationId& id) {
  std::optional<OrganizationRecord> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(kSystemBinding, kSystemFindOrganization,
                                     {Param::Text(id.str())}, [&](const Row& row) {
                                       found = ReadOrganization(row);
                                       return absl::OkStatus();
                                     }));
  return found;
}

absl::StatusOr<std::vector<OperatorRef>> SystemListOperatorRows(Session& session) {
  std::vector<OperatorRef> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(kSystemBinding, kSystemListOperators, {}, [&](const Row& row) {
    found.push_back({model::OrganizationKey{row.Int(0)}, model::AccountId(row.String(1))});
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<uint64_t> CountUsableOperatorRows(
    Session& session, absl::Time now, std::optional<model::OrganizationKey> organization) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<OperatorRef> all, SystemListOperatorRows(session));
  std::set<std::pair<model::OrganizationKey, model::AccountId>> usable;
  for (const OperatorRef& one : all) {
    if (organization.has_value() && one.organization != *organization) continue;
    const Binding owner{static_cast<int64_t>(one.organization), 0, false};
    // A team is nobody by itself; what is none has nobody in it.
    SKYDEN_ASSIGN_OR_RETURN(std::vector<AccountRecord> who,
                            ListMemberRows(session, owner, one.account));
    SKYDEN_ASSIGN_OR_RETURN(auto itself, FindAccountRow(session, owner, one.account));
    if (itself.has_value()) who.push_back(*std::move(itself));
    for (const AccountRecord& account : who) {
      SKYDEN_ASSIGN_OR_RETURN(const bool comes_in, ComesIn(session, owner, account, now));
      if (comes_in) usable.emplace(one.organization, account.id);
    }
  }
  return usable.size();
}

absl::StatusOr<model::OrganizationKey> SystemInsertOrganizationRow(
    Session& session, const OrganizationRecord& organization) {
  model::OrganizationKey key{};
  SKYDEN_RETURN_IF_ERROR(
      session.Run(kSystemBinding, kSystemInsertOrganization,
                  {Param::Text(organization.id.str()), Param::Text(organization.name),
                   Param::Int(EncodeTime(organization.created_at)),
                   Param::Int(EncodeTime(organization.updated_at))},
                  [&](const Row& row) {
                    key = model::OrganizationKey{row.Int(0)};
                    return absl::OkStatus();
                  }));
  return key;
}

absl::Status SystemEndOrganizationRow(Session& session, model::OrganizationKey organization,
                                      absl::Time at) {
  return session.Run(kSystemBinding, kSystemEndOrganization,
                     {Param::Int(static_cast<int64_t>(organization)), Param::Int(EncodeTime(at))});
}

}  // namespace skyden::store::rows
