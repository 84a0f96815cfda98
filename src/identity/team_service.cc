// SPDX-License-Identifier: Apache-2.0
// Whoever comes into a team or goes is named in the transaction's change, so that what is
// remembered of his tokens is dropped and his streams are looked at again (store/change.h).
#include "skyden/identity/team_service.h"

#include <algorithm>
#include <utility>

#include "identity/audit_detail.h"
#include "identity/errors.h"
#include "identity/managed.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/identity/permissions.h"
#include "skyden/store/directory_tx.h"

namespace skyden::identity {
namespace {

using store::AccountRecord;

absl::StatusOr<AccountRecord> FindTeam(store::DirectoryReadTx& tx, const model::AccountId& id) {
  return FindManaged(tx, AccountKind::kTeam, id);
}

class TeamServiceImpl final : public TeamService {
 public:
  explicit TeamServiceImpl(Deps deps) : deps_(deps) {}

  absl::Status Add(const model::OrganizationScope& scope, const model::AccountId& team,
                   AccountKind kind, const model::AccountId& member) override {
    const absl::Time now = deps_.clock.Now();
    const absl::Status stored = Change(
        scope, team, kind, member, "team.add", now, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const auto teams, tx.ListTeamsOf(member));
          const bool is_in =
              std::any_of(teams.begin(), teams.end(),
                          [&team](const AccountRecord& one) { return one.id == team; });
          if (!is_in && teams.size() >= kTeamsPerAccount) {
            return TooMany("teams of this account");
          }
          return tx.AddMember(team, member, now);
        });
    return absl::IsAlreadyExists(stored) ? Taken("this member of the team") : stored;
  }

  absl::Status Remove(const model::OrganizationScope& scope, const model::AccountId& team,
                      AccountKind kind, const model::AccountId& member) override {
    const absl::Time now = deps_.clock.Now();
    return Change(scope, team, kind, member, "team.remove", now, [&](store::DirectoryTx& tx) {
      return KeepingAnOperator(tx, now, [&] { return tx.RemoveMember(team, member); });
    });
  }

  absl::StatusOr<std::vector<AccountRecord>> Members(const model::OrganizationScope& scope,
                                                     const model::AccountId& team,
                                                     AccountKind kind) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    std::vector<AccountRecord> members;
    const absl::Status stored =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_RETURN_IF_ERROR(FindTeam(tx, team).status());
          SKYDEN_ASSIGN_OR_RETURN(members, tx.ListMembers(team));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    std::erase_if(members, [kind](const AccountRecord& one) { return one.kind != kind; });
    return members;
  }

  absl::StatusOr<std::vector<AccountRecord>> TeamsOf(const model::OrganizationScope& scope,
                                                     AccountKind kind,
                                                     const model::AccountId& member) override {
    SKYDEN_ASSIGN_OR_RETURN(Holdings holdings, HoldingsOf(scope, kind, member));
    return std::move(holdings.teams);
  }

  absl::StatusOr<Holdings> HoldingsOf(const model::OrganizationScope& scope, AccountKind kind,
                                      const model::AccountId& id) override {
    if (!IsSelf(scope, id)) SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    Holdings holdings;
    const absl::Status stored =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(holdings.account, FindManaged(tx, kind, id));
          SKYDEN_ASSIGN_OR_RETURN(holdings.roles, tx.ListEffectiveRoles(id));
          SKYDEN_ASSIGN_OR_RETURN(holdings.teams, tx.ListTeamsOf(id));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    return holdings;
  }

 private:
  // Runs `fn` for a team and a member that the caller may bring together or part.
  template <class Fn>
  absl::Status Change(const model::OrganizationScope& scope, const model::AccountId& team,
                      AccountKind kind, const model::AccountId& member, const char* action,
                      absl::Time now, Fn fn) {
    base::AssertMayBlock();
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    return deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const AccountRecord of, FindTeam(tx, team));
      SKYDEN_ASSIGN_OR_RETURN(const AccountRecord who, FindManaged(tx, kind, member));
      SKYDEN_RETURN_IF_ERROR(CheckNotAbove(tx, scope, team));
      SKYDEN_RETURN_IF_ERROR(CheckNotAbove(tx, scope, member));
      tx.Audit(MemberNoteOf(now, action, of, who));
      return fn(tx);
    });
  }

  const Deps deps_;
};

}  // namespace

std::unique_ptr<TeamService> TeamService::Create(Deps deps) {
  return std::make_unique<TeamServiceImpl>(deps);
}

}  // namespace skyden::identity
