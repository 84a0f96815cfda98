// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/token_service.h"

#include <algorithm>
#include <utility>

#include "identity/audit_detail.h"
#include "identity/base62.h"
#include "identity/errors.h"
#include "identity/managed.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/permissions.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/directory_tx.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;
using store::TokenRecord;

constexpr size_t kMadeUpChars = 8;

// Revoked tokens of system accounts stay in the store, so that a zone's operator can be told when
// that was; nobody is shown them.
bool IsShown(AccountKind kind, const TokenRecord& token) {
  return kind == AccountKind::kUser || !token.revoked_at;
}

absl::StatusOr<TokenRecord> FindShown(store::DirectoryReadTx& tx, AccountKind kind,
                                      const model::AccountId& account, const model::TokenId& id) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<TokenRecord> tokens, tx.ListTokens(account));
  for (const TokenRecord& token : tokens) {
    if (token.id == id && IsShown(kind, token)) return token;
  }
  return TokenNotFound();
}

IssuedToken NewTokenOf(AccountKind kind, const model::AccountId& account,
                       const CreateToken& request, absl::Time now) {
  NewToken fresh =
      GenerateToken(kind == AccountKind::kUser ? TokenKind::kPersonal : TokenKind::kSystemAccount);
  IssuedToken issued;
  issued.record.id = fresh.id;
  issued.record.account = account;
  issued.record.name = request.name;
  issued.record.sha256 = fresh.sha256;
  issued.record.created_at = issued.record.updated_at = now;
  issued.record.expires_at = request.expires_at.value_or(now + limits::kTokenLifeMax);
  issued.text = std::move(fresh.text);
  return issued;
}

// Makes room for one more among an account's tokens, by forgetting such as are no good any more.
absl::Status MakeRoom(store::DirectoryTx& tx, AccountKind kind, const model::AccountId& account,
                      absl::Time now) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<TokenRecord> tokens, tx.ListTokens(account));
  const auto good = std::count_if(tokens.begin(), tokens.end(), [now](const TokenRecord& token) {
    return StateOf(token, now) == TokenState::kActive;
  });
  const size_t good_max =
      kind == AccountKind::kUser ? limits::kPersonalTokensPerUser : limits::kTokensPerAccount;
  if (static_cast<size_t>(good) >= good_max) return TooMany("tokens of this account");
  if (tokens.size() < limits::kTokensPerAccount) return absl::OkStatus();
  for (const TokenRecord& token : tokens) {
    if (StateOf(token, now) != TokenState::kActive) return tx.DeleteToken(token.id);
  }
  return absl::OkStatus();
}

class TokenServiceImpl final : public TokenService {
 public:
  explicit TokenServiceImpl(Deps deps) : deps_(deps) {}

  absl::StatusOr<IssuedToken> Issue(const model::OrganizationScope& scope, AccountKind kind,
                                    const model::AccountId& account,
                                    const CreateToken& request) override {
    const absl::Time now = deps_.clock.Now();
    SKYDEN_RETURN_IF_ERROR(CheckMayManage(scope, kind, account));
    SKYDEN_RETURN_IF_ERROR(CheckToken(request, now));
    IssuedToken issued = NewTokenOf(kind, account, request, now);
    const absl::Status changed =
        Change(scope, kind, account, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_RETURN_IF_ERROR(MakeRoom(tx, kind, account, now));
          tx.Audit(NoteOf(now, "token.create", issued.record));
          return tx.InsertToken(issued.record);
        });
    SKYDEN_RETURN_IF_ERROR(changed);
    return issued;
  }

  absl::StatusOr<std::vector<TokenRecord>> List(const model::OrganizationScope& scope,
                                                AccountKind kind,
                                                const model::AccountId& account) override {
    if (!IsSelf(scope, account)) SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    std::vector<TokenRecord> tokens;
    const absl::Status stored =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_RETURN_IF_ERROR(FindManaged(tx, kind, account).status());
          SKYDEN_ASSIGN_OR_RETURN(tokens, tx.ListTokens(account));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    std::erase_if(tokens, [kind](const TokenRecord& token) { return !IsShown(kind, token); });
    return tokens;
  }

  absl::StatusOr<TokenRecord> Get(const model::OrganizationScope& scope, AccountKind kind,
                                  const model::AccountId& account,
                                  const model::TokenId& id) override {
    SKYDEN_ASSIGN_OR_RETURN(const std::vector<TokenRecord> tokens, List(scope, kind, account));
    for (const TokenRecord& token : tokens) {
      if (token.id == id) return token;
    }
    return TokenNotFound();
  }

  absl::StatusOr<TokenRecord> Rename(const model::OrganizationScope& scope, AccountKind kind,
                                     const model::AccountId& account, const model::TokenId& id,
                                     const std::string& name) override {
    SKYDEN_RETURN_IF_ERROR(CheckMayManage(scope, kind, account));
    Violations violations;
    CheckName("name", name, violations);
    SKYDEN_RETURN_IF_ERROR(BadFields(violations));
    const absl::Time now = deps_.clock.Now();
    TokenRecord token;
    const absl::Status changed =
        Change(scope, kind, account, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(token, FindShown(tx, kind, account, id));
          token.name = name;
          token.updated_at = now;
          tx.Audit(NoteOf(now, "token.rename", token));
          return tx.RenameToken(id, name, now);
        });
    SKYDEN_RETURN_IF_ERROR(changed);
    return token;
  }

  absl::StatusOr<TokenRecord> Revoke(const model::OrganizationScope& scope, AccountKind kind,
                                     const model::AccountId& account,
                                     const model::TokenId& id) override {
    const absl::Time now = deps_.clock.Now();
    TokenRecord token;
    const absl::Status changed =
        Change(scope, kind, account, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(token, FindShown(tx, kind, account, id));
          if (!token.revoked_at) token.revoked_at = now;
          tx.Audit(NoteOf(now, "token.revoke", token));
          return KeepingAnOperator(tx, now, [&] { return tx.RevokeToken(id, now); });
        });
    SKYDEN_RETURN_IF_ERROR(changed);
    return token;
  }

  absl::Status Delete(const model::OrganizationScope& scope, AccountKind kind,
                      const model::AccountId& account, const model::TokenId& id) override {
    const absl::Time now = deps_.clock.Now();
    return Change(scope, kind, account, [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const TokenRecord token, FindShown(tx, kind, account, id));
      tx.Audit(NoteOf(now, "token.delete", token));
      return KeepingAnOperator(tx, now, [&] {
        return kind == AccountKind::kUser ? tx.DeleteToken(id) : tx.RevokeToken(id, now);
      });
    });
  }

  absl::StatusOr<Shared> Share(const model::OrganizationScope& scope,
                               const model::ControlPlaneId& control_plane,
                               const CreateToken& request) override {
    base::AssertMayBlock();
    const absl::Time now = deps_.clock.Now();
    CreateToken named = request;
    if (named.name.empty()) named.name = "read-only " + RandomBase62(kMadeUpChars);
    if (!named.expires_at) named.expires_at = now + limits::kSharedTokenLife;
    Shared shared;
    shared.account.id = model::AccountId(base::RandomUuid());
    shared.account.name = named.name;
    shared.account.description = "Reads one control plane";
    shared.account.created_at = shared.account.updated_at = now;
    shared.role.id = model::RoleId(base::RandomUuid());
    shared.role.account = shared.account.id;
    shared.role.role = model::Role::kViewer;
    shared.role.created_at = now;
    shared.token = NewTokenOf(AccountKind::kSystemAccount, shared.account.id, named, now);
    const absl::Status stored =
        deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const auto record, tx.FindControlPlane(control_plane));
          if (!record || !scope.access().Knows(record->tenant)) return ControlPlaneNotFound();
          if (!scope.access().Changes(record->tenant)) return RoleMayNot();
          SKYDEN_RETURN_IF_ERROR(CheckToken(named, now));
          SKYDEN_ASSIGN_OR_RETURN(const auto count, tx.CountAccounts(AccountKind::kSystemAccount));
          if (count >= limits::kAccountsPerOrganization) return TooMany("accounts");
          shared.role.tenant = record->tenant;
          shared.role.control_plane = record->id;
          tx.AuditAbout(*record, NoteOf(now, "token.create", shared.token.record));
          SKYDEN_RETURN_IF_ERROR(tx.InsertAccount(shared.account));
          SKYDEN_RETURN_IF_ERROR(tx.InsertRole(shared.role));
          return tx.InsertToken(shared.token.record);
        });
    if (absl::IsAlreadyExists(stored)) return Taken("a system account with this name");
    SKYDEN_RETURN_IF_ERROR(stored);
    return shared;
  }

 private:
  // Users manage their own tokens; a system account does not prolong its own life.
  static absl::Status CheckMayManage(const model::OrganizationScope& scope, AccountKind kind,
                                     const model::AccountId& account) {
    if (kind == AccountKind::kUser && IsSelf(scope, account)) return absl::OkStatus();
    return CheckAdministrates(scope);
  }

  template <class Fn>
  absl::Status Change(const model::OrganizationScope& scope, AccountKind kind,
                      const model::AccountId& account, Fn fn) {
    base::AssertMayBlock();
    SKYDEN_RETURN_IF_ERROR(CheckMayManage(scope, kind, account));
    return deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_RETURN_IF_ERROR(FindManaged(tx, kind, account).status());
      SKYDEN_RETURN_IF_ERROR(CheckNotAbove(tx, scope, account));
      return fn(tx);
    });
  }

  const Deps deps_;
};

}  // namespace

std::unique_ptr<TokenService> TokenService::Create(Deps deps) {
  return std::make_unique<TokenServiceImpl>(deps);
}

TokenState StateOf(const TokenRecord& token, absl::Time now) {
  if (token.revoked_at) return TokenState::kRevoked;
  return token.GoodAt(now) ? TokenState::kActive : TokenState::kExpired;
}

std::string_view StateName(TokenState state) {
  switch (state) {
    case TokenState::kActive:
      return "ACTIVE";
    case TokenState::kRevoked:
      return "REVOKED";
    case TokenState::kExpired:
      return "EXPIRED";
  }
  return "";
}

}  // namespace skyden::identity
