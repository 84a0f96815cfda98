// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/bootstrap.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "identity/private_file.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/identity/tokens.h"

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

absl::StatusOr<bool> HasOperator(store::Store& store, model::OrganizationKey organization) {
  bool found = false;
  const absl::Status stored = store.ReadDirectory(
      FirstStart().In(organization), [&found](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const std::vector<store::AccountRecord> accounts,
                                tx.ListAccounts(store::AccountRecord::Kind::kSystemAccount));
        for (const store::AccountRecord& account : accounts) {
          SKYDEN_ASSIGN_OR_RETURN(const auto roles, tx.ListRoles(account.id));
          found = std::any_of(roles.begin(), roles.end(), [](const store::RoleRecord& role) {
            return role.role == model::Role::kOperator;
          });
          if (found) break;
        }
        return absl::OkStatus();
      });
  SKYDEN_RETURN_IF_ERROR(stored);
  return found;
}

}  // namespace

absl::StatusOr<BootstrapResult> Bootstrap(store::Store& store, const base::Clock& clock,
                                          const std::string& data_dir) {
  base::AssertMayBlock();
  BootstrapResult result;
  SKYDEN_ASSIGN_OR_RETURN(result.organization, FindOrInsertOrganization(store, clock));
  SKYDEN_ASSIGN_OR_RETURN(const bool has_operator, HasOperator(store, result.organization));
  if (has_operator) return result;

  const NewToken fresh = GenerateToken(TokenKind::kSystemAccount);
  const std::string path = data_dir + "/" + kAdminTokenFile;
  SKYDEN_RETURN_IF_ERROR(WritePrivateFile(path, fresh.text + "\n"));

  store::AccountRecord account;
  account.id = model::AccountId(base::RandomUuid());
  account.kind = store::AccountRecord::Kind::kSystemAccount;
  account.name = kOperator;
  account.description = "Made at the first start";
  account.created_at = account.updated_at = clock.Now();
  store::RoleRecord role;
  role.id = model::RoleId(base::RandomUuid());
  role.account = account.id;
  role.role = model::Role::kOperator;
  role.created_at = account.created_at;
  store::TokenRecord token;
  token.id = fresh.id;
  token.account = account.id;
  token.name = kOperator;
  token.sha256 = fresh.sha256;
  token.created_at = token.updated_at = account.created_at;
  const absl::Status stored =
      store.WriteDirectory(FirstStart().In(result.organization),
                           [account, role, token](store::DirectoryTx& tx) -> absl::Status {
                             SKYDEN_RETURN_IF_ERROR(tx.InsertAccount(account));
                             SKYDEN_RETURN_IF_ERROR(tx.InsertRole(role));
                             return tx.InsertToken(token);
                           });
  SKYDEN_RETURN_IF_ERROR(stored);
  result.token_file = path;
  return result;
}

}  // namespace skyden::identity
