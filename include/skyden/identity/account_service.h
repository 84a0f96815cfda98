// SPDX-License-Identifier: Apache-2.0
// Accounts that hold tokens, and their tokens, as an organization's administrators manage them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/store.h"

namespace skyden::identity {

struct CreateAccount {
  std::string name;         // 1 to 100 characters
  std::string description;  // at most 250
  model::Role role = model::Role::kViewer;
  std::optional<model::ControlPlaneId> control_plane;  // bound to it; required for kConnector
};

struct CreateToken {
  model::AccountId account;
  std::string name;  // 1 to 100 characters
  std::optional<absl::Time> expires_at;
};

// Thread-safe. Every call needs the role kAdmin or kOperator in the organization
// (PERMISSION_DENIED) and AssertMayBlock. Errors carry violations where a field is at fault. Nobody
// gives away more than they hold: only an operator makes or touches an operator.
class AccountService {
 public:
  struct Deps {
    store::Store& store;
    base::Clock& clock;
    Authenticator& authenticator;  // told of what ends
  };
  static std::unique_ptr<AccountService> Create(Deps deps);
  virtual ~AccountService() = default;

  virtual absl::StatusOr<store::AccountRecord> Create(const model::OrganizationScope& scope,
                                                      const CreateAccount& request) = 0;
  // Accounts of zones are left out: they come and go with their zones.
  virtual absl::StatusOr<std::vector<store::AccountRecord>> List(
      const model::OrganizationScope& scope) = 0;
  virtual absl::StatusOr<store::AccountRecord> Get(const model::OrganizationScope& scope,
                                                   const model::AccountId& id) = 0;
  // Its tokens end at once.
  virtual absl::Status Delete(const model::OrganizationScope& scope,
                              const model::AccountId& id) = 0;

  struct IssuedToken {
    store::TokenRecord record;
    std::string text;  // shown once
  };
  virtual absl::StatusOr<IssuedToken> IssueToken(const model::OrganizationScope& scope,
                                                 const CreateToken& request) = 0;
  virtual absl::StatusOr<std::vector<store::TokenRecord>> ListTokens(
      const model::OrganizationScope& scope, const model::AccountId& account) = 0;
  // NOT_FOUND when the account has no such token. Ends live streams of it.
  virtual absl::Status RevokeToken(const model::OrganizationScope& scope,
                                   const model::AccountId& account, const model::TokenId& id) = 0;
};

}  // namespace skyden::identity
