// SPDX-License-Identifier: Apache-2.0
// Tokens of users (personal access tokens) and of system accounts.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/identity/account_service.h"

namespace skyden::identity {

struct CreateToken {
  std::string name;  // 1 to 100 characters
  // In the future, and at most limits::kTokenLifeMax away; nullopt: as far as that.
  std::optional<absl::Time> expires_at;
};

struct IssuedToken {
  store::TokenRecord record;
  std::string text;  // shown once
};

// Thread-safe; blocks (AssertMayBlock). Needs who administrates the organization, except that users
// manage their own. Only an operator touches an operator's tokens. A token is good as long as it
// neither expired nor was revoked; system accounts' revoked tokens are not shown any more.
class TokenService {
 public:
  using Deps = AccountService::Deps;
  static std::unique_ptr<TokenService> Create(Deps deps);
  virtual ~TokenService() = default;

  // RESOURCE_EXHAUSTED at limits::kTokensPerAccount, or kPersonalTokensPerUser good ones of a user.
  virtual absl::StatusOr<IssuedToken> Issue(const model::OrganizationScope& scope, AccountKind kind,
                                            const model::AccountId& account,
                                            const CreateToken& request) = 0;
  virtual absl::StatusOr<std::vector<store::TokenRecord>> List(
      const model::OrganizationScope& scope, AccountKind kind, const model::AccountId& account) = 0;
  virtual absl::StatusOr<store::TokenRecord> Get(const model::OrganizationScope& scope,
                                                 AccountKind kind, const model::AccountId& account,
                                                 const model::TokenId& id) = 0;
  virtual absl::StatusOr<store::TokenRecord> Rename(const model::OrganizationScope& scope,
                                                    AccountKind kind,
                                                    const model::AccountId& account,
                                                    const model::TokenId& id,
                                                    const std::string& name) = 0;
  // Ends it at once, for live streams too. Revoking twice changes nothing.
  virtual absl::StatusOr<store::TokenRecord> Revoke(const model::OrganizationScope& scope,
                                                    AccountKind kind,
                                                    const model::AccountId& account,
                                                    const model::TokenId& id) = 0;
  // Revokes and forgets it.
  virtual absl::Status Delete(const model::OrganizationScope& scope, AccountKind kind,
                              const model::AccountId& account, const model::TokenId& id) = 0;

  // A system account that may read one control plane, and its token, in one go. Needs the role
  // kAdmin there, or kOperator. `request.name` empty: one is made up. Without an expiry the token
  // lives for limits::kSharedTokenLife.
  struct Shared {
    store::AccountRecord account;
    store::RoleRecord role;
    IssuedToken token;
  };
  virtual absl::StatusOr<Shared> Share(const model::OrganizationScope& scope,
                                       const model::ControlPlaneId& control_plane,
                                       const CreateToken& request) = 0;
};

enum class TokenState { kActive, kRevoked, kExpired };
TokenState StateOf(const store::TokenRecord& token, absl::Time now);
std::string_view StateName(TokenState state);  // "ACTIVE", "REVOKED", "EXPIRED"

}  // namespace skyden::identity
