// SPDX-License-Identifier: Apache-2.0
// Who is in which team, and so what else they may do. Teams themselves and their roles are
// AccountService's, as accounts of the kind kTeam.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/identity/account_service.h"

namespace skyden::identity {

inline constexpr size_t kTeamsPerAccount = 50;

// Thread-safe; blocks (AssertMayBlock). Everything needs who administrates the organization
// (PERMISSION_DENIED), except that everybody may ask for their own teams and roles. Only an
// operator adds somebody to a team that makes operators, or takes an operator out of any. What the
// roles of a team give, holds from the next call on, and ends at once, for live streams too.
class TeamService {
 public:
  using Deps = AccountService::Deps;
  static std::unique_ptr<TeamService> Create(Deps deps);
  virtual ~TeamService() = default;

  // `kind`: what the member is, kUser or kSystemAccount. NOT_FOUND without such a team or member;
  // ALREADY_EXISTS when it is in the team; RESOURCE_EXHAUSTED at kTeamsPerAccount.
  virtual absl::Status Add(const model::OrganizationScope& scope, const model::AccountId& team,
                           AccountKind kind, const model::AccountId& member) = 0;
  // NOT_FOUND when it is not in the team. FAILED_PRECONDITION when nobody could run the daemon
  // then.
  virtual absl::Status Remove(const model::OrganizationScope& scope, const model::AccountId& team,
                              AccountKind kind, const model::AccountId& member) = 0;
  // Those of a kind. NOT_FOUND without such a team.
  virtual absl::StatusOr<std::vector<store::AccountRecord>> Members(
      const model::OrganizationScope& scope, const model::AccountId& team, AccountKind kind) = 0;
  virtual absl::StatusOr<std::vector<store::AccountRecord>> TeamsOf(
      const model::OrganizationScope& scope, AccountKind kind, const model::AccountId& member) = 0;

  // What an account may do, and by what: its own roles and those of `teams`.
  struct Holdings {
    store::AccountRecord account;
    std::vector<store::RoleRecord> roles;
    std::vector<store::AccountRecord> teams;
  };
  virtual absl::StatusOr<Holdings> HoldingsOf(const model::OrganizationScope& scope,
                                              AccountKind kind, const model::AccountId& id) = 0;
};

}  // namespace skyden::identity
