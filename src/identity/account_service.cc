// SPDX-License-Identifier: Apache-2.0
// What changes an account's rights tells the authenticator about all its tokens afterwards: they
// are read anew at their next use, and live streams are looked at again.
#include "skyden/identity/account_service.h"

#include <algorithm>
#include <array>
#include <utility>

#include "identity/audit_detail.h"
#include "identity/errors.h"
#include "identity/managed.h"
#include "identity/narrowing_rules.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/filters.h"
#include "skyden/identity/permissions.h"
#include "skyden/store/directory_tx.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using store::AccountRecord;
using store::RoleRecord;

constexpr std::array<std::string_view, 7> kRegions = {"us", "eu", "au", "me", "in", "sg", "*"};

bool IsUser(AccountKind kind) { return kind == AccountKind::kUser; }
bool IsTeam(AccountKind kind) { return kind == AccountKind::kTeam; }

absl::Status Validate(const AccountRecord& account) {
  Violations violations;
  CheckName(IsUser(account.kind) ? "full_name" : "name", account.name, violations);
  CheckOptionalText("description", account.description, limits::kAccountDescriptionChars,
                    violations);
  if (IsUser(account.kind)) {
    // The identity provider need not know an address of its people.
    if (account.subject.empty() || !account.email.empty()) CheckEmail(account.email, violations);
    CheckOptionalText("preferred_name", account.preferred_name, limits::kAccountNameChars,
                      violations);
  }
  model::CheckLabels(account.labels, violations);
  return BadFields(violations);
}

absl::Status TakenBy(AccountKind kind) {
  if (IsTeam(kind)) return Taken("a team with this name");
  return Taken(IsUser(kind) ? "a user with this e-mail address"
                            : "a system account with this name");
}

absl::Status Validate(const ListAccounts& request) {
  Violations violations;
  CheckPage(request.page_size, request.page_number, violations);
  CheckFilters(AccountFilters(request.kind), request.filters, violations);
  return BadFields(violations);
}

void Apply(const UpdateAccount& request, AccountRecord& account) {
  if (request.name) account.name = *request.name;
  if (request.description) account.description = *request.description;
  if (request.email) account.email = *request.email;
  if (request.preferred_name) account.preferred_name = *request.preferred_name;
  if (request.active) account.active = *request.active;
  if (request.labels) account.labels = *request.labels;
  model::ApplyPatch(request.label_patch, account.labels);
}

absl::Status Validate(const model::TypeRegistry& registry, const AssignRole& request) {
  Violations violations;
  if (std::find(kRegions.begin(), kRegions.end(), request.region) == kRegions.end()) {
    violations.push_back({"entity_region", "must be one of us, eu, au, me, in, sg, *"});
  }
  const bool everywhere_only =
      request.role == model::Role::kCreator || request.role == model::Role::kOperator;
  if (everywhere_only && request.control_plane) {
    violations.push_back({"entity_id", "must be \"*\" for this role"});
  }
  CheckNarrowing(registry, request.role, request.narrowing, violations);
  return BadFields(violations);
}

class AccountServiceImpl final : public AccountService {
 public:
  AccountServiceImpl(Deps deps, const model::TypeRegistry& registry)
      : deps_(deps), registry_(registry) {}

  absl::StatusOr<AccountRecord> Create(const model::OrganizationScope& scope,
                                       const CreateAccount& request) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    AccountRecord account;
    account.id = model::AccountId(base::RandomUuid());
    account.kind = request.kind;
    account.name = request.name;
    account.description = request.description;
    account.email = request.email;
    account.preferred_name = request.preferred_name;
    account.labels = request.labels;
    account.created_at = account.updated_at = deps_.clock.Now();
    SKYDEN_RETURN_IF_ERROR(Validate(account));
    const absl::Status stored =
        deps_.store.WriteDirectory(scope, [&account](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const uint64_t count, tx.CountAccounts(account.kind));
          if (count >= limits::kAccountsPerOrganization) return TooMany("accounts");
          tx.Audit(NoteOf(account.created_at,
                          IsTeam(account.kind) ? "team.create" : "account.create", account));
          return tx.InsertAccount(account);
        });
    if (absl::IsAlreadyExists(stored)) return TakenBy(account.kind);
    SKYDEN_RETURN_IF_ERROR(stored);
    return account;
  }

  absl::StatusOr<AccountPage> List(const model::OrganizationScope& scope,
                                   const ListAccounts& request) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    SKYDEN_RETURN_IF_ERROR(Validate(request));
    std::vector<AccountRecord> accounts;
    const absl::Status stored =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(accounts, tx.ListAccounts(request.kind));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    AccountPage page;
    model::PageWindow window(request.page_size, request.page_number);
    const auto& filters = AccountFilters(request.kind);
    const absl::Time now = deps_.clock.Now();
    for (AccountRecord& account : accounts) {
      if (!model::PassesAll(account, filters, request.filters, now)) continue;
      if (window.Shows()) page.items.push_back(std::move(account));
    }
    page.total = window.total();
    return page;
  }

  absl::StatusOr<AccountRecord> Get(const model::OrganizationScope& scope, AccountKind kind,
                                    const model::AccountId& id) override {
    if (!IsSelf(scope, id)) SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    AccountRecord account;
    const absl::Status stored =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(account, FindManaged(tx, kind, id));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    return account;
  }

  absl::StatusOr<AccountRecord> Update(const model::OrganizationScope& scope, AccountKind kind,
                                       const model::AccountId& id,
                                       const UpdateAccount& request) override {
    AccountRecord account;
    const absl::Time now = deps_.clock.Now();
    const absl::Status stored =
        Change(scope, kind, id, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(account, FindManaged(tx, kind, id));
          Apply(request, account);
          SKYDEN_RETURN_IF_ERROR(Validate(account));
          account.updated_at = now;
          tx.Audit(NoteOf(now, IsTeam(kind) ? "team.update" : "account.update", account));
          return KeepingAnOperator(tx, now, [&] { return tx.UpdateAccount(account); });
        });
    if (absl::IsAlreadyExists(stored)) return TakenBy(kind);
    SKYDEN_RETURN_IF_ERROR(stored);
    return account;
  }

  absl::Status Delete(const model::OrganizationScope& scope, AccountKind kind,
                      const model::AccountId& id) override {
    const absl::Time now = deps_.clock.Now();
    return Change(scope, kind, id, [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const AccountRecord account, FindManaged(tx, kind, id));
      tx.Audit(NoteOf(now, IsTeam(kind) ? "team.delete" : "account.delete", account));
      return KeepingAnOperator(tx, now, [&] { return tx.DeleteAccount(id); });
    });
  }

  absl::StatusOr<RoleRecord> Assign(const model::OrganizationScope& scope, AccountKind kind,
                                    const model::AccountId& id,
                                    const AssignRole& request) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    // Nobody gives away more than they hold.
    if (request.role == model::Role::kOperator && !scope.access().IsOperator()) return RoleMayNot();
    SKYDEN_RETURN_IF_ERROR(Validate(registry_, request));
    RoleRecord role;
    role.id = model::RoleId(base::RandomUuid());
    role.account = id;
    role.role = request.role;
    role.region = request.region;
    role.narrowing = request.narrowing;
    role.narrowing.Sort();
    role.created_at = deps_.clock.Now();
    const absl::Status stored =
        Change(scope, kind, id, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const auto roles, tx.ListRoles(id));
          if (roles.size() >= limits::kRolesPerAccount) return TooMany("roles");
          if (request.control_plane) {
            SKYDEN_ASSIGN_OR_RETURN(const auto record, tx.FindControlPlane(*request.control_plane));
            if (!record) return BadFields({{"entity_id", "control plane not found"}});
            role.tenant = record->tenant;
            role.control_plane = record->id;
          }
          tx.Audit(NoteOf(role.created_at, "role.assign", role));
          return tx.InsertRole(role);
        });
    if (absl::IsAlreadyExists(stored)) return Taken("this role of the account");
    SKYDEN_RETURN_IF_ERROR(stored);
    return role;
  }

  absl::StatusOr<std::vector<RoleRecord>> ListRoles(const model::OrganizationScope& scope,
                                                    AccountKind kind,
                                                    const model::AccountId& id) override {
    if (!IsSelf(scope, id)) SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    std::vector<RoleRecord> roles;
    const absl::Status stored =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_RETURN_IF_ERROR(FindManaged(tx, kind, id).status());
          SKYDEN_ASSIGN_OR_RETURN(roles, tx.ListRoles(id));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    return roles;
  }

  absl::StatusOr<RoleRecord> GetRole(const model::OrganizationScope& scope, AccountKind kind,
                                     const model::AccountId& id,
                                     const model::RoleId& role) override {
    SKYDEN_ASSIGN_OR_RETURN(const std::vector<RoleRecord> roles, ListRoles(scope, kind, id));
    for (const RoleRecord& held : roles) {
      if (held.id == role) return held;
    }
    return RoleNotFound();
  }

  absl::Status RemoveRole(const model::OrganizationScope& scope, AccountKind kind,
                          const model::AccountId& id, const model::RoleId& role) override {
    const absl::Time now = deps_.clock.Now();
    return Change(scope, kind, id, [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const auto roles, tx.ListRoles(id));
      for (const RoleRecord& held : roles) {
        if (held.id == role) tx.Audit(NoteOf(now, "role.remove", held));
      }
      return KeepingAnOperator(tx, now, [&] { return tx.DeleteRole(id, role); });
    });
  }

 private:
  // Runs `fn` on an account that the caller may change.
  template <class Fn>
  absl::Status Change(const model::OrganizationScope& scope, AccountKind kind,
                      const model::AccountId& id, Fn fn) {
    base::AssertMayBlock();
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    return deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_RETURN_IF_ERROR(FindManaged(tx, kind, id).status());
      SKYDEN_RETURN_IF_ERROR(CheckNotAbove(tx, scope, id));
      return fn(tx);
    });
  }

  const Deps deps_;
  const model::TypeRegistry& registry_;
};

}  // namespace

std::unique_ptr<AccountService> AccountService::Create(Deps deps,
                                                       const model::TypeRegistry& registry) {
  return std::make_unique<AccountServiceImpl>(deps, registry);
}

}  // namespace skyden::identity
