// SPDX-License-Identifier: Apache-2.0
// What is joined is put in order here: sorted by the engine, it would be sorted for each statement
// by a plan of its own.
#include "store/rows/team_rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/directory_reads.h"
#include "store/rows/records.h"
#include "store/rows/transactions.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {

template <class Record>
void Order(std::vector<Record>& records) {
  std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  });
}

absl::StatusOr<std::vector<AccountRecord>> ListJoined(Session& session, const Binding& binding,
                                                      StatementId statement,
                                                      const model::AccountId& id) {
  std::vector<AccountRecord> found;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, statement, {Param::Text(id.str())}, [&](const Row& row) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(AccountRecord record, ReadAccount(row, 1));
        found.push_back(std::move(record));
        return absl::OkStatus();
      }));
  Order(found);
  return found;
}

}  // namespace

absl::StatusOr<std::vector<RoleRecord>> ListEffectiveRoleRows(Session& session,
                                                              const Binding& binding,
                                                              const model::AccountId& account) {
  SKYDEN_ASSIGN_OR_RETURN(std::vector<RoleRecord> roles, ListRoleRows(session, binding, account));
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kListRolesOfTeams, {Param::Text(account.str())},
                                     [&](const Row& row) -> absl::Status {
                                       SKYDEN_ASSIGN_OR_RETURN(RoleRecord role, ReadRole(row));
                                       roles.push_back(std::move(role));
                                       return absl::OkStatus();
                                     }));
  Order(roles);
  return roles;
}

absl::StatusOr<std::optional<AccountRecord>> FindTeamRowByName(Session& session,
                                                               const Binding& binding,
                                                               const std::string& name) {
  std::optional<AccountRecord> found;
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kFindTeamByName, {Param::Text(name)},
                                     [&](const Row& row) -> absl::Status {
                                       SKYDEN_ASSIGN_OR_RETURN(found, ReadAccount(row, 1));
                                       return absl::OkStatus();
                                     }));
  return found;
}

absl::StatusOr<std::vector<AccountRecord>> ListMemberRows(Session& session, const Binding& binding,
                                                          const model::AccountId& team) {
  return ListJoined(session, binding, kListMembers, team);
}

absl::StatusOr<std::vector<AccountRecord>> ListTeamRowsOf(Session& session, const Binding& binding,
                                                          const model::AccountId& account) {
  return ListJoined(session, binding, kListTeamsOf, account);
}

absl::Status OrganizationWriteTx::AddMember(const model::AccountId& team,
                                            const model::AccountId& account, absl::Time at) {
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<AccountRecord> member, FindAccount(account));
  const bool can_be = member.has_value() && (member->kind == AccountRecord::Kind::kUser ||
                                             member->kind == AccountRecord::Kind::kSystemAccount);
  if (!can_be) return AccountNotFound();
  outcome_.wrote = true;
  own_.accounts.push_back(account);
  SKYDEN_RETURN_IF_ERROR(Run(kInsertMember, {Param::Text(team.str()), Param::Text(account.str()),
                                             Param::Int(EncodeTime(at))}));
  return session_.changed() == 1 ? absl::OkStatus() : AccountNotFound();
}

absl::Status OrganizationWriteTx::RemoveMember(const model::AccountId& team,
                                               const model::AccountId& account) {
  outcome_.wrote = true;
  own_.accounts.push_back(account);
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteMember, {Param::Text(team.str()), Param::Text(account.str())}));
  return session_.changed() == 1 ? absl::OkStatus() : AccountNotFound();
}

absl::Status OrganizationWriteTx::TellOfRoles(const model::AccountId& account) {
  own_.accounts.push_back(account);
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<AccountRecord> members, ListMembers(account));
  for (const AccountRecord& member : members) own_.accounts.push_back(member.id);
  return absl::OkStatus();
}

}  // namespace skyden::store::rows
