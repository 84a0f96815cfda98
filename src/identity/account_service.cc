// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/account_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "identity/errors.h"
#include "skyden/base/crypto.h"
#include "skyden/base/json_text.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"
#include "skyden/base/utf8.h"
#include "skyden/identity/tokens.h"

namespace skyden::identity {
namespace {

using base::FieldViolation;

constexpr size_t kNameChars = 100;
constexpr size_t kDescriptionChars = 250;

absl::Status AccountNotFound() { return absl::NotFoundError("account not found"); }

absl::Status BadField(const char* field, std::string reason) {
  return base::WithViolations(absl::InvalidArgumentError(fmt::format("{}: {}", field, reason)),
                              {FieldViolation{field, std::move(reason)}});
}

absl::Status CheckName(std::string_view name) {
  if (name.empty()) return BadField("name", "property \"name\" is missing");
  if (base::CountCharacters(name) > kNameChars) {
    return BadField("name", fmt::format("must have at most {} characters", kNameChars));
  }
  return absl::OkStatus();
}

absl::Status CheckAdministrates(const model::OrganizationScope& scope) {
  const model::Role role = scope.role();
  return role == model::Role::kAdmin || role == model::Role::kOperator ? absl::OkStatus()
                                                                       : RoleMayNot();
}

absl::Status CheckMayTouch(const model::OrganizationScope& scope, model::Role role) {
  const bool above = role == model::Role::kOperator && scope.role() != model::Role::kOperator;
  return above ? RoleMayNot() : absl::OkStatus();
}

std::string TokenDetail(const store::AccountRecord& account, const store::TokenRecord& token) {
  base::JsonObjectText detail;
  detail.Text("account", account.id.str()).Text("name", token.name);
  if (token.expires_at) detail.Text("expires_at", base::FormatRfc3339(*token.expires_at));
  return detail.Take();
}

// The account, unless it is not there, belongs to a zone, or is above the caller.
absl::StatusOr<store::AccountRecord> FindManaged(store::DirectoryReadTx& tx,
                                                 const model::AccountId& id) {
  SKYDEN_ASSIGN_OR_RETURN(std::optional<store::AccountRecord> account, tx.FindAccount(id));
  if (!account || account->kind == store::AccountRecord::Kind::kZone) return AccountNotFound();
  return *std::move(account);
}

class AccountServiceImpl final : public AccountService {
 public:
  explicit AccountServiceImpl(Deps deps) : deps_(deps) {}

  absl::StatusOr<store::AccountRecord> Create(const model::OrganizationScope& scope,
                                              const CreateAccount& request) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    SKYDEN_RETURN_IF_ERROR(CheckMayTouch(scope, request.role));
    SKYDEN_RETURN_IF_ERROR(CheckName(request.name));
    if (base::CountCharacters(request.description) > kDescriptionChars) {
      return BadField("description", "must have at most 250 characters");
    }
    store::AccountRecord account;
    account.id = model::AccountId(base::RandomUuid());
    account.name = request.name;
    account.description = request.description;
    account.role = request.role;
    account.created_at = deps_.clock.Now();
    const absl::Status stored = deps_.store.WriteDirectory(
        scope, [&account, &request](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const auto accounts, tx.ListAccounts());
          const auto managed = std::count_if(accounts.begin(), accounts.end(), [](const auto& a) {
            return a.kind != store::AccountRecord::Kind::kZone;
          });
          if (static_cast<size_t>(managed) >= base::limits::kAccountsPerOrganization) {
            return absl::ResourceExhaustedError("the organization has too many accounts");
          }
          if (request.control_plane) {
            SKYDEN_ASSIGN_OR_RETURN(const auto record, tx.FindControlPlane(*request.control_plane));
            if (!record) return BadField("control_plane", "control plane not found");
            account.tenant = record->tenant;
          }
          tx.Audit({account.created_at, "account.create", "Account", account.id.str(),
                    base::JsonObjectText().Text("name", account.name).Take()});
          return tx.InsertAccount(account);
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    return account;
  }

  absl::StatusOr<std::vector<store::AccountRecord>> List(
      const model::OrganizationScope& scope) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    std::vector<store::AccountRecord> accounts;
    const absl::Status stored =
        deps_.store.ReadDirectory(scope, [&accounts](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(accounts, tx.ListAccounts());
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    std::erase_if(accounts, [](const store::AccountRecord& account) {
      return account.kind == store::AccountRecord::Kind::kZone;
    });
    return accounts;
  }

  absl::StatusOr<store::AccountRecord> Get(const model::OrganizationScope& scope,
                                           const model::AccountId& id) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    store::AccountRecord account;
    const absl::Status stored =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(account, FindManaged(tx, id));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    return account;
  }

  absl::Status Delete(const model::OrganizationScope& scope, const model::AccountId& id) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    std::vector<model::TokenId> ended;
    const absl::Time now = deps_.clock.Now();
    const absl::Status stored =
        deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const store::AccountRecord account, FindManaged(tx, id));
          SKYDEN_RETURN_IF_ERROR(CheckMayTouch(scope, account.role));
          SKYDEN_ASSIGN_OR_RETURN(ended, tx.DeleteAccount(id));
          tx.Audit({now, "account.delete", "Account", id.str(),
                    base::JsonObjectText()
                        .Text("name", account.name)
                        .Raw("tokens", std::to_string(ended.size()))
                        .Take()});
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    deps_.authenticator.Invalidate(ended);
    return absl::OkStatus();
  }

  absl::StatusOr<IssuedToken> IssueToken(const model::OrganizationScope& scope,
                                         const CreateToken& request) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    SKYDEN_RETURN_IF_ERROR(CheckName(request.name));
    const absl::Time now = deps_.clock.Now();
    if (request.expires_at && *request.expires_at <= now) {
      return BadField("expires_at", "must be in the future");
    }
    NewToken fresh = GenerateToken(TokenKind::kSystemAccount);
    store::TokenRecord token{fresh.id, request.account,    request.name, fresh.sha256,
                             now,      request.expires_at, std::nullopt};
    const absl::Status stored =
        deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const auto account, FindManaged(tx, request.account));
          SKYDEN_RETURN_IF_ERROR(CheckMayTouch(scope, account.role));
          SKYDEN_ASSIGN_OR_RETURN(const auto tokens, tx.ListTokens(request.account));
          if (tokens.size() >= base::limits::kTokensPerAccount) {
            return absl::ResourceExhaustedError("the account has too many tokens");
          }
          tx.Audit({now, "token.create", "Token", token.id.str(), TokenDetail(account, token)});
          return tx.InsertToken(token);
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    return IssuedToken{std::move(token), std::move(fresh.text)};
  }

  absl::StatusOr<std::vector<store::TokenRecord>> ListTokens(
      const model::OrganizationScope& scope, const model::AccountId& account) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    std::vector<store::TokenRecord> tokens;
    const absl::Status stored =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_RETURN_IF_ERROR(FindManaged(tx, account).status());
          SKYDEN_ASSIGN_OR_RETURN(tokens, tx.ListTokens(account));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    return tokens;
  }

  absl::Status RevokeToken(const model::OrganizationScope& scope, const model::AccountId& account,
                           const model::TokenId& id) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope));
    const absl::Time now = deps_.clock.Now();
    const absl::Status stored =
        deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const auto owner, FindManaged(tx, account));
          SKYDEN_RETURN_IF_ERROR(CheckMayTouch(scope, owner.role));
          SKYDEN_ASSIGN_OR_RETURN(const auto tokens, tx.ListTokens(account));
          const bool found = std::any_of(tokens.begin(), tokens.end(),
                                         [&id](const auto& token) { return token.id == id; });
          if (!found) return absl::NotFoundError("token not found");
          tx.Audit({now, "token.revoke", "Token", id.str(),
                    base::JsonObjectText().Text("account", account.str()).Take()});
          return tx.RevokeToken(id, now);
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    deps_.authenticator.Invalidate({id});
    return absl::OkStatus();
  }

 private:
  const Deps deps_;
};

}  // namespace

std::unique_ptr<AccountService> AccountService::Create(Deps deps) {
  return std::make_unique<AccountServiceImpl>(deps);
}

}  // namespace skyden::identity
