// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/bootstrap.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "identity/audit_detail.h"
#include "identity/private_file.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/directory_tx.h"

namespace skyden::identity {
namespace {

constexpr char kOrganization[] = "default";
constexpr char kOperator[] = "operator";

model::SystemScope FirstStart() {
  return model::SystemScope::For("first start: make sure that somebody can come in");
}

absl::StatusOr<model::OrganizationKey> FindOrInsertOrganization(store::Store& store,
                                                                const base::Clock& clock) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<store::OrganizationRecord> organizations,
                          store.ListOrganizations(FirstStart()));
  for (const store::OrganizationRecord& organization : organizations) {
    if (organization.name == kOrganization) return organization.key;
  }
  store::OrganizationRecord organization;
  organization.id = model::OrganizationId(base::RandomUuid());
  organization.name = kOrganization;
  organization.created_at = organization.updated_at = clock.Now();
  return store.InsertOrganization(FirstStart(), organization);
}

// What a fresh operator consists of.
struct Operator {
  store::AccountRecord account;
  store::RoleRecord role;
};

Operator NewOperator(std::string name, std::string description, absl::Time now) {
  Operator made;
  made.account.id = model::AccountId(base::RandomUuid());
  made.account.kind = store::AccountRecord::Kind::kSystemAccount;
  made.account.name = std::move(name);
  made.account.description = std::move(description);
  made.account.created_at = made.account.updated_at = now;
  made.role.id = model::RoleId(base::RandomUuid());
  made.role.account = made.account.id;
  made.role.role = model::Role::kOperator;
  made.role.created_at = now;
  return made;
}

store::TokenRecord RecordOf(const NewToken& fresh, const model::AccountId& account,
                            absl::Time now) {
  store::TokenRecord token;
  token.id = fresh.id;
  token.account = account;
  token.name = kOperator;
  token.sha256 = fresh.sha256;
  token.created_at = token.updated_at = now;
  return token;
}

// "operator", or what follows it where that is taken: people may call an account as they like.
absl::StatusOr<std::string> FreeName(store::DirectoryReadTx& tx) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<store::AccountRecord> accounts,
                          tx.ListAccounts(store::AccountRecord::Kind::kSystemAccount));
  std::set<std::string> taken;
  for (const store::AccountRecord& account : accounts) taken.insert(account.name);
  std::string name = kOperator;
  for (size_t next = 2; taken.contains(name); ++next) name = fmt::format("{}-{}", kOperator, next);
  return name;
}

// An operator that is active and has room for a token more; nullopt when there is none.
absl::StatusOr<std::optional<store::AccountRecord>> FindActive(store::DirectoryReadTx& tx,
                                                               const model::AccountId& id) {
  SKYDEN_ASSIGN_OR_RETURN(auto account, tx.FindAccount(id));
  if (!account || !account->active) return std::nullopt;
  SKYDEN_ASSIGN_OR_RETURN(const auto tokens, tx.ListTokens(id));
  if (tokens.size() >= base::limits::kTokensPerAccount) return std::nullopt;
  return account;
}

}  // namespace

absl::StatusOr<BootstrapResult> Bootstrap(store::Store& store, const base::Clock& clock,
                                          const std::string& data_dir) {
  base::AssertMayBlock();
  BootstrapResult result;
  SKYDEN_ASSIGN_OR_RETURN(result.organization, FindOrInsertOrganization(store, clock));
  SKYDEN_ASSIGN_OR_RETURN(const auto operators, store.ListOperators(FirstStart()));
  if (!operators.empty()) {
    const absl::Status stored = store.WriteDirectory(
        FirstStart().In(result.organization), [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const uint64_t usable, tx.CountUsableOperators(clock.Now()));
          result.has_usable_operator = usable > 0;
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    return result;
  }
  const NewToken fresh = GenerateToken(TokenKind::kSystemAccount);
  const std::string path = data_dir + "/" + kAdminTokenFile;
  SKYDEN_RETURN_IF_ERROR(WritePrivateFile(path, fresh.text + "\n"));
  const absl::Time now = clock.Now();
  const absl::Status stored = store.WriteDirectory(
      FirstStart().In(result.organization), [&fresh, now](store::DirectoryTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(std::string name, FreeName(tx));
        const Operator made = NewOperator(std::move(name), "Made at the first start", now);
        SKYDEN_RETURN_IF_ERROR(tx.InsertAccount(made.account));
        SKYDEN_RETURN_IF_ERROR(tx.InsertRole(made.role));
        return tx.InsertToken(RecordOf(fresh, made.account.id, now));
      });
  SKYDEN_RETURN_IF_ERROR(stored);
  result.token_file = path;
  return result;
}

absl::StatusOr<OperatorToken> IssueOperatorToken(store::Store& store, const base::Clock& clock) {
  base::AssertMayBlock();
  const auto reason = model::SystemScope::For("operator-token: somebody at the machine asks");
  SKYDEN_ASSIGN_OR_RETURN(const auto operators, store.ListOperators(reason));
  OperatorToken issued;
  const NewToken fresh = GenerateToken(TokenKind::kSystemAccount);
  issued.text = fresh.text;
  const absl::Time now = clock.Now();
  for (const store::OperatorRef& one : operators) {
    bool given = false;
    const absl::Status stored = store.WriteDirectory(
        reason.In(one.organization), [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const auto account, FindActive(tx, one.account));
          given =
              account.has_value() && account->kind == store::AccountRecord::Kind::kSystemAccount;
          if (!given) return absl::OkStatus();
          issued.account = account->name;
          const store::TokenRecord token = RecordOf(fresh, account->id, now);
          tx.Audit(NoteOf(now, "token.create", token));
          return tx.InsertToken(token);
        });
    SKYDEN_RETURN_IF_ERROR(stored);
    if (given) return issued;
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto organization, FindOrInsertOrganization(store, clock));
  const absl::Status stored =
      store.WriteDirectory(reason.In(organization), [&](store::DirectoryTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(issued.account, FreeName(tx));
        const Operator made = NewOperator(issued.account, "Made by operator-token", now);
        const store::TokenRecord token = RecordOf(fresh, made.account.id, now);
        tx.Audit(NoteOf(now, "account.create", made.account));
        tx.Audit(NoteOf(now, "role.assign", made.role));
        tx.Audit(NoteOf(now, "token.create", token));
        SKYDEN_RETURN_IF_ERROR(tx.InsertAccount(made.account));
        SKYDEN_RETURN_IF_ERROR(tx.InsertRole(made.role));
        return tx.InsertToken(token);
      });
  SKYDEN_RETURN_IF_ERROR(stored);
  return issued;
}

absl::Status WriteOperatorToken(const std::string& data_dir, const OperatorToken& issued) {
  return WritePrivateFile(data_dir + "/" + kAdminTokenFile, issued.text + "\n");
}

}  // namespace skyden::identity
