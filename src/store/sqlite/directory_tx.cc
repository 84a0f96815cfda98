// SPDX-License-Identifier: Apache-2.0
// A control plane is deleted in two steps: its row is marked, which hides it and everything in it
// at once, and the writer removes its rows little by little afterwards (writer.cc).
#include <algorithm>

#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/sqlite/directory_reads.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/transactions.h"

namespace skyden::store::sqlite {

using enum StatementId;

std::vector<model::TypeId> AllTypes(const model::TypeRegistry& registry) {
  std::vector<model::TypeId> types;
  types.reserve(registry.size());
  for (const model::TypeDescriptor& type : registry.all()) types.push_back(type.id);
  std::sort(types.begin(), types.end());
  return types;
}

absl::Status InsertTokenRow(Connection& connection, const Binding& binding,
                            const TokenRecord& token) {
  const auto time = [](const std::optional<absl::Time>& at) {
    return at.has_value() ? Param::Int(EncodeTime(*at)) : Param::Null();
  };
  const std::string_view hash(reinterpret_cast<const char*>(token.sha256.data()),
                              token.sha256.size());
  SKYDEN_RETURN_IF_ERROR(connection.Run(
      binding, kInsertToken,
      {Param::Text(token.id.str()), Param::Text(token.account.str()), Param::Text(token.name),
       Param::Blob(hash), Param::Int(EncodeTime(token.created_at)), time(token.expires_at),
       time(token.revoked_at)}));
  return connection.changed() == 1 ? absl::OkStatus() : AccountNotFound();
}

absl::Status DeleteAccountRows(Connection& connection, const Binding& binding,
                               std::string_view account, std::vector<model::TokenId>& tokens_gone) {
  SKYDEN_RETURN_IF_ERROR(
      connection.Run(binding, kDeleteTokensOfAccount, {Param::Text(account)}, [&](const Row& row) {
        tokens_gone.emplace_back(row.String(1));
        return absl::OkStatus();
      }));
  return connection.Run(binding, kDeleteAccount, {Param::Text(account)});
}

absl::StatusOr<std::optional<ControlPlaneRecord>> OrganizationReadTx::FindControlPlane(
    const model::ControlPlaneId& id) {
  return FindControlPlaneRow(connection_, {static_cast<int64_t>(organization_), 0, false}, id);
}
absl::StatusOr<std::vector<ControlPlaneRecord>> OrganizationReadTx::ListControlPlanes() {
  return ListControlPlaneRows(connection_, {static_cast<int64_t>(organization_), 0, false});
}
absl::StatusOr<std::optional<AccountRecord>> OrganizationReadTx::FindAccount(
    const model::AccountId& id) {
  return FindAccountRow(connection_, {static_cast<int64_t>(organization_), 0, false}, id);
}
absl::StatusOr<std::vector<AccountRecord>> OrganizationReadTx::ListAccounts() {
  return ListAccountRows(connection_, {static_cast<int64_t>(organization_), 0, false});
}
absl::StatusOr<std::vector<TokenRecord>> OrganizationReadTx::ListTokens(
    const model::AccountId& account) {
  return ListTokenRows(connection_, {static_cast<int64_t>(organization_), 0, false}, account);
}

absl::StatusOr<std::optional<ControlPlaneRecord>> OrganizationWriteTx::FindControlPlane(
    const model::ControlPlaneId& id) {
  return FindControlPlaneRow(connection_, binding(), id);
}
absl::StatusOr<std::vector<ControlPlaneRecord>> OrganizationWriteTx::ListControlPlanes() {
  return ListControlPlaneRows(connection_, binding());
}
absl::StatusOr<std::optional<AccountRecord>> OrganizationWriteTx::FindAccount(
    const model::AccountId& id) {
  return FindAccountRow(connection_, binding(), id);
}
absl::StatusOr<std::vector<AccountRecord>> OrganizationWriteTx::ListAccounts() {
  return ListAccountRows(connection_, binding());
}
absl::StatusOr<std::vector<TokenRecord>> OrganizationWriteTx::ListTokens(
    const model::AccountId& account) {
  return ListTokenRows(connection_, binding(), account);
}

absl::Status OrganizationWriteTx::InsertControlPlane(ControlPlaneRecord& r) {
  outcome_.wrote = true;
  const std::string labels = EncodeLabels(r.labels);
  return connection_.Run(
      binding(), kInsertControlPlane,
      {Param::Text(r.id.str()), Param::Text(r.name), Param::Text(r.description),
       Param::Blob(labels), Param::Int(r.mesh_creation), Param::Int(r.hostname_generator_creation),
       Param::Text(r.api_version), Param::Text(r.cluster_id), Param::Int(EncodeTime(r.created_at)),
       Param::Int(EncodeTime(r.updated_at))},
      [&](const Row& row) {
        r.organization = organization_;
        r.tenant = model::TenantKey{row.Int(1)};
        r.revision = 0;
        return absl::OkStatus();
      });
}

absl::Status OrganizationWriteTx::UpdateControlPlane(const ControlPlaneRecord& r) {
  outcome_.wrote = true;
  const std::string labels = EncodeLabels(r.labels);
  std::optional<Change> change;
  SKYDEN_RETURN_IF_ERROR(connection_.Run(
      binding(), kUpdateControlPlane,
      {Param::Text(r.id.str()), Param::Text(r.name), Param::Text(r.description),
       Param::Blob(labels), Param::Int(r.mesh_creation), Param::Int(r.hostname_generator_creation),
       Param::Text(r.api_version), Param::Text(r.cluster_id), Param::Int(EncodeTime(r.updated_at))},
      [&](const Row& row) {
        change = Change{model::TenantKey{row.Int(1)}, {}, row.Unsigned(2), organization_};
        return absl::OkStatus();
      }));
  if (!change.has_value()) return ControlPlaneNotFound();
  outcome_.changes.push_back(*std::move(change));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<model::TokenId>> OrganizationWriteTx::DeleteControlPlane(
    const model::ControlPlaneId& id) {
  std::optional<TenantRef> tenant;
  model::Revision revision = 0;
  SKYDEN_RETURN_IF_ERROR(
      connection_.Run(binding(), kMarkControlPlaneGone, {Param::Text(id.str()), Param::Blob({})},
                      [&](const Row& row) {
                        tenant = TenantRef{organization_, model::TenantKey{row.Int(1)}, id};
                        revision = row.Unsigned(2);
                        return absl::OkStatus();
                      }));
  if (!tenant.has_value()) return ControlPlaneNotFound();
  outcome_.wrote = true;
  const Param key = Param::Int(static_cast<int64_t>(tenant->tenant));
  std::vector<model::TokenId> tokens;
  SKYDEN_RETURN_IF_ERROR(
      connection_.Run(binding(), kDeleteTokensOfControlPlane, {key}, [&](const Row& row) {
        tokens.emplace_back(row.String(1));
        return absl::OkStatus();
      }));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAccountsOfControlPlane, {key}));
  outcome_.changes.push_back(
      {tenant->tenant, AllTypes(context_.registry), revision, organization_});
  outcome_.gone.push_back(*std::move(tenant));
  return tokens;
}

absl::StatusOr<WriteTx*> OrganizationWriteTx::Enter(const model::TenantScope& scope) {
  if (scope.organization() != organization_) return ControlPlaneNotFound();
  for (const auto& tx : entered_) {
    if (tx->rows().tenant().tenant == scope.tenant()) return tx.get();
  }
  auto tx = std::make_unique<TenantWriteTx>(connection_, context_, TenantRef::Of(scope));
  SKYDEN_RETURN_IF_ERROR(tx->rows().CheckThere());
  entered_.push_back(std::move(tx));
  return entered_.back().get();
}

absl::Status OrganizationWriteTx::InsertAccount(const AccountRecord& account) {
  if (account.tenant != model::TenantKey{}) {
    TenantRows bound_to(connection_, context_, TenantRef{organization_, account.tenant, {}});
    SKYDEN_RETURN_IF_ERROR(bound_to.CheckThere());
  }
  outcome_.wrote = true;
  return Run(kInsertAccount,
             {Param::Text(account.id.str()), Param::Text(EncodeKind(account.kind)),
              Param::Text(account.name), Param::Text(account.description),
              Param::Text(EncodeRole(account.role)), Param::Text(account.zone.str()),
              Param::Int(EncodeTime(account.created_at)),
              Param::Int(static_cast<int64_t>(account.tenant))});
}

absl::StatusOr<std::vector<model::TokenId>> OrganizationWriteTx::DeleteAccount(
    const model::AccountId& id) {
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<AccountRecord> account, FindAccount(id));
  if (!account.has_value()) return AccountNotFound();
  outcome_.wrote = true;
  std::vector<model::TokenId> tokens;
  SKYDEN_RETURN_IF_ERROR(DeleteAccountRows(connection_, binding(), id.str(), tokens));
  return tokens;
}

absl::Status OrganizationWriteTx::InsertToken(const TokenRecord& token) {
  outcome_.wrote = true;
  return InsertTokenRow(connection_, binding(), token);
}

absl::Status OrganizationWriteTx::RevokeToken(const model::TokenId& id, absl::Time at) {
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(Run(kRevokeToken, {Param::Text(id.str()), Param::Int(EncodeTime(at))}));
  return connection_.changed() == 1 ? absl::OkStatus() : TokenNotFound();
}

absl::Status OrganizationWriteTx::Finish(Outcome& outcome) {
  for (const auto& tx : entered_) {
    TenantWrites& rows = tx->rows();
    SKYDEN_RETURN_IF_ERROR(rows.Flush());
    outcome_.wrote |= rows.wrote();
    outcome_.bytes += rows.bytes();
    if (rows.revision().has_value()) {
      outcome_.changes.push_back(
          {rows.tenant().tenant, rows.TakeTypes(), *rows.revision(), organization_});
    }
  }
  outcome = std::move(outcome_);
  return absl::OkStatus();
}

}  // namespace skyden::store::sqlite
