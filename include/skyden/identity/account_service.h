// SPDX-License-Identifier: Apache-2.0
// The principals of an organization, users and system accounts, its teams, and the roles they hold.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/ids.h"
#include "skyden/model/label_rules.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/text_filter.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/records.h"
#include "skyden/store/store.h"

namespace skyden::identity {

// Which of the three: an id of another kind is not found.
using AccountKind = store::AccountRecord::Kind;

struct CreateAccount {
  AccountKind kind = AccountKind::kSystemAccount;
  std::string name;            // 1 to 100 characters; a user's full name; unique for the others
  std::string description;     // at most 250; not of users
  std::string email;           // users only, and required there; unique
  std::string preferred_name;  // users only; at most 100
  model::Labels labels = {};   // teams only
};

// Fields that are nullopt stay.
struct UpdateAccount {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::string> email;
  std::optional<std::string> preferred_name;
  std::optional<bool> active;  // users only; ends what their tokens do, not the tokens
  std::optional<model::Labels> labels = {};  // teams only; all of them
  model::LabelPatch label_patch = {};        // teams only
};

struct ListAccounts {
  AccountKind kind = AccountKind::kSystemAccount;
  size_t page_size = 10;
  size_t page_number = 1;                  // from 1
  std::vector<model::TextFilter> filters;  // of AccountFilters(kind)
};

struct AccountPage {
  uint64_t total = 0;
  std::vector<store::AccountRecord> items;
};

// What roles are for, and how all of them are named where one of them could stand.
inline constexpr char kEntityType[] = "Mesh Control Planes";
inline constexpr char kAllControlPlanes[] = "*";

struct AssignRole {
  model::Role role = model::Role::kViewer;
  std::optional<model::ControlPlaneId> control_plane;  // nullopt: on all; kCreator only there
  std::string region = "*";
  // Of Admin, Editor and Viewer. Meshes need not be there yet; types are known and no GlobalSecret,
  // with which tokens are made that may do everything. limits::kNarrowingBytes of text in all.
  model::Narrowing narrowing = {};
};

// Thread-safe; blocks (AssertMayBlock). Everything needs who administrates the organization
// (PERMISSION_DENIED), except that everybody may look at itself. Errors carry violations where a
// field is at fault. Only an operator makes, changes or deletes an operator, or a team that makes
// one. Accounts of zones come and go with their zones and are not found here.
class AccountService {
 public:
  struct Deps {
    store::Store& store;
    base::Clock& clock;
  };
  // `registry`, which outlives it, says to what types roles may be narrowed.
  static std::unique_ptr<AccountService> Create(Deps deps, const model::TypeRegistry& registry);
  virtual ~AccountService() = default;

  // ALREADY_EXISTS when the name or the e-mail address is taken.
  virtual absl::StatusOr<store::AccountRecord> Create(const model::OrganizationScope& scope,
                                                      const CreateAccount& request) = 0;
  virtual absl::StatusOr<AccountPage> List(const model::OrganizationScope& scope,
                                           const ListAccounts& request) = 0;
  virtual absl::StatusOr<store::AccountRecord> Get(const model::OrganizationScope& scope,
                                                   AccountKind kind,
                                                   const model::AccountId& id) = 0;
  virtual absl::StatusOr<store::AccountRecord> Update(const model::OrganizationScope& scope,
                                                      AccountKind kind, const model::AccountId& id,
                                                      const UpdateAccount& request) = 0;
  // Its tokens end at once.
  virtual absl::Status Delete(const model::OrganizationScope& scope, AccountKind kind,
                              const model::AccountId& id) = 0;

  // ALREADY_EXISTS when the account holds that role there, narrowed in the same way.
  virtual absl::StatusOr<store::RoleRecord> Assign(const model::OrganizationScope& scope,
                                                   AccountKind kind, const model::AccountId& id,
                                                   const AssignRole& request) = 0;
  virtual absl::StatusOr<std::vector<store::RoleRecord>> ListRoles(
      const model::OrganizationScope& scope, AccountKind kind, const model::AccountId& id) = 0;
  // NOT_FOUND when it is none of the account's.
  virtual absl::StatusOr<store::RoleRecord> GetRole(const model::OrganizationScope& scope,
                                                    AccountKind kind, const model::AccountId& id,
                                                    const model::RoleId& role) = 0;
  // Takes hold at once, for live streams too.
  virtual absl::Status RemoveRole(const model::OrganizationScope& scope, AccountKind kind,
                                  const model::AccountId& id, const model::RoleId& role) = 0;
};

}  // namespace skyden::identity
