// SPDX-License-Identifier: Apache-2.0
// A control plane is deleted in two steps: its rows are marked, which hides it and everything in it
// at once, and its rows are removed little by little afterwards (remains.h).
#include <algorithm>

#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/directory_reads.h"
#include "store/rows/records.h"
#include "store/rows/transactions.h"

namespace skyden::store::rows {

using enum StatementId;

std::vector<model::TypeId> AllTypes(const model::TypeRegistry& registry) {
  std::vector<model::TypeId> types;
  types.reserve(registry.size());
  for (const model::TypeDescriptor& type : registry.all()) types.push_back(type.id);
  std::sort(types.begin(), types.end());
  return types;
}

absl::Status InsertTokenRow(Session& session, const Binding& binding, const TokenRecord& token) {
  const std::string_view hash(reinterpret_cast<const char*>(token.sha256.data()),
                              token.sha256.size());
  const std::string groups = EncodeGroups(token.groups);
  SKYDEN_RETURN_IF_ERROR(session.Run(
      binding, kInsertToken,
      {Param::Text(token.id.str()), Param::Text(token.account.str()), Param::Text(token.name),
       Param::Blob(hash), Param::Int(EncodeTime(token.created_at)),
       OptionalTimeParam(token.expires_at), OptionalTimeParam(token.revoked_at),
       OptionalTimeParam(token.last_used_at), Param::Int(EncodeTime(token.updated_at)),
       Param::Text(EncodeTokenKind(token.kind)),
       token.parent.empty() ? Param::Null() : Param::Text(token.parent.str()),
       Param::Text(token.provider_session), Param::Blob(groups)}));
  return session.changed() == 1 ? absl::OkStatus() : AccountNotFound();
}

absl::Status DeleteAccountRows(Session& session, const Binding& binding, std::string_view account,
                               Change& change) {
  change.accounts.emplace_back(std::string(account));
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kDeleteTokensOfAccount, {Param::Text(account)}, [&](const Row& row) {
        change.tokens.emplace_back(row.String(1));
        return absl::OkStatus();
      }));
  return session.Run(binding, kDeleteAccount, {Param::Text(account)});
}

absl::Status OrganizationWriteTx::InsertControlPlane(ControlPlaneRecord& r) {
  SKYDEN_RETURN_IF_ERROR(Organization().status());
  outcome_.wrote = true;
  const std::string labels = EncodeLabels(r.labels);
  SKYDEN_RETURN_IF_ERROR(session_.Run(
      binding(), kInsertControlPlane,
      {Param::Text(r.id.str()), Param::Text(r.name), Param::Text(r.description),
       Param::Blob(labels), Param::Int(r.mesh_creation), Param::Int(r.hostname_generator_creation),
       Param::Text(r.api_version), Param::Text(r.cluster_id), Param::Int(EncodeTime(r.created_at)),
       Param::Int(EncodeTime(r.updated_at))},
      [&](const Row& row) {
        r.organization = organization_;
        r.tenant = model::TenantKey{row.Int(1)};
        Tell(r.tenant, Change::Self::kDescribed);
        return absl::OkStatus();
      }));
  const TenantRef made{organization_, r.tenant, r.id};
  return session_.Run(made.binding(), kInsertTenantState, {Param::Text(r.id.str())});
}

absl::Status OrganizationWriteTx::UpdateControlPlane(const ControlPlaneRecord& r) {
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<ControlPlaneRecord> before, FindControlPlane(r.id));
  outcome_.wrote = true;
  const std::string labels = EncodeLabels(r.labels);
  std::optional<model::TenantKey> tenant;
  SKYDEN_RETURN_IF_ERROR(session_.Run(
      binding(), kUpdateControlPlane,
      {Param::Text(r.id.str()), Param::Text(r.name), Param::Text(r.description),
       Param::Blob(labels), Param::Int(r.mesh_creation), Param::Int(r.hostname_generator_creation),
       Param::Text(r.api_version), Param::Text(r.cluster_id), Param::Int(EncodeTime(r.updated_at))},
      [&](const Row& row) {
        tenant = model::TenantKey{row.Int(1)};
        return absl::OkStatus();
      }));
  if (!tenant.has_value()) return ControlPlaneNotFound();
  const bool stays = before && before->version() == r.version();
  if (!stays) {
    // Of what was thought out for the other, nothing is written from here on.
    const TenantRef changed{organization_, *tenant, r.id};
    SKYDEN_RETURN_IF_ERROR(ledger_.SetVersion(session_, changed, r.version()));
  }
  Tell(*tenant, stays ? Change::Self::kDescribed : Change::Self::kTerms);
  return absl::OkStatus();
}

absl::Status OrganizationWriteTx::SetSuspension(const model::ControlPlaneId& id,
                                                const std::optional<Suspension>& suspension) {
  outcome_.wrote = true;
  const std::string reason = suspension ? suspension->reason : "";
  std::optional<model::TenantKey> tenant;
  SKYDEN_RETURN_IF_ERROR(session_.Run(
      binding(), kSetSuspension,
      {Param::Text(id.str()), suspension ? Param::Int(EncodeTime(suspension->at)) : Param::Null(),
       OptionalTimeParam(suspension ? suspension->until : std::nullopt), Param::Text(reason)},
      [&](const Row& row) {
        tenant = model::TenantKey{row.Int(1)};
        return absl::OkStatus();
      }));
  if (!tenant.has_value()) return ControlPlaneNotFound();
  Tell(*tenant, Change::Self::kTerms);
  return absl::OkStatus();
}

absl::Status OrganizationWriteTx::RememberName(const model::ControlPlaneId& id, absl::Time at) {
  return Run(kInsertPastControlPlane, {Param::Text(id.str()), Param::Int(EncodeTime(at))});
}

absl::StatusOr<uint64_t> OrganizationWriteTx::DeleteControlPlane(const model::ControlPlaneId& id) {
  SKYDEN_RETURN_IF_ERROR(ledger_.Write(session_));
  SKYDEN_RETURN_IF_ERROR(RememberName(id, context_.Now()));
  std::optional<TenantRef> tenant;
  Change change{.organization = organization_,
                .types = AllTypes(context_.registry),
                .self = Change::Self::kGone};
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kMarkControlPlaneGone, {Param::Text(id.str()), Param::Blob({})},
                   [&](const Row& row) {
                     tenant = TenantRef{organization_, model::TenantKey{row.Int(1)}, id};
                     return absl::OkStatus();
                   }));
  if (!tenant.has_value()) return ControlPlaneNotFound();
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(tenant->binding(), kMarkTenantGone, {}, [&change](const Row& row) {
        change.revision = row.Unsigned(1);
        return absl::OkStatus();
      }));
  change.tenant = tenant->tenant;
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t tokens, DeleteCredentialsOn(*tenant, std::move(change)));
  outcome_.gone.push_back(*std::move(tenant));
  return tokens;
}

absl::StatusOr<uint64_t> OrganizationWriteTx::DeleteCredentialsOn(const TenantRef& tenant,
                                                                  Change change) {
  const Param key = Param::Int(static_cast<int64_t>(tenant.tenant));
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(binding(), kDeleteTokensOfControlPlane, {key}, [&change](const Row& row) {
        change.tokens.emplace_back(row.String(1));
        return absl::OkStatus();
      }));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAccountsOfControlPlane, {key}));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteRolesOfControlPlane, {key}));
  ledger_.End(tenant.tenant);
  const uint64_t tokens = change.tokens.size();
  outcome_.changes.push_back(std::move(change));
  return tokens;
}

absl::StatusOr<WriteTx*> OrganizationWriteTx::Enter(const model::TenantScope& scope) {
  if (scope.organization() != organization_) return ControlPlaneNotFound();
  for (const auto& tx : entered_) {
    if (tx->rows().tenant().tenant == scope.tenant()) return tx.get();
  }
  auto tx = std::make_unique<TenantWriteTx>(session_, context_, TenantRef::Of(scope), ledger_,
                                            entered_plan_, actor_);
  SKYDEN_RETURN_IF_ERROR(tx->rows().Open());
  entered_.push_back(std::move(tx));
  return entered_.back().get();
}

absl::Status OrganizationWriteTx::InsertAccount(const AccountRecord& account) {
  const std::string labels = EncodeLabels(account.labels);
  SKYDEN_RETURN_IF_ERROR(Organization().status());
  if (account.tenant != model::TenantKey{}) {
    TenantRows bound_to(session_, context_, TenantRef{organization_, account.tenant, {}});
    SKYDEN_RETURN_IF_ERROR(bound_to.CheckThere());
  }
  outcome_.wrote = true;
  return Run(kInsertAccount,
             {Param::Int(static_cast<int64_t>(account.tenant)), Param::Text(account.id.str()),
              Param::Text(EncodeKind(account.kind)), Param::Text(account.name),
              Param::Text(account.description), Param::Int(account.active),
              Param::Text(account.zone.str()), Param::Text(account.email),
              Param::Text(account.preferred_name), Param::Text(account.subject),
              Param::Int(EncodeTime(account.created_at)),
              Param::Int(EncodeTime(account.updated_at)), Param::Blob(labels)});
}

absl::Status OrganizationWriteTx::UpdateAccount(const AccountRecord& account) {
  outcome_.wrote = true;
  own_.accounts.push_back(account.id);
  const std::string labels = EncodeLabels(account.labels);
  SKYDEN_RETURN_IF_ERROR(Run(
      kUpdateAccount,
      {Param::Text(account.id.str()), Param::Text(account.name), Param::Text(account.description),
       Param::Text(account.email), Param::Text(account.preferred_name), Param::Int(account.active),
       Param::Int(EncodeTime(account.updated_at)), Param::Text(account.subject),
       Param::Blob(labels)}));
  return session_.changed() == 1 ? absl::OkStatus() : AccountNotFound();
}

absl::Status OrganizationWriteTx::InsertRole(const RoleRecord& role) {
  if (role.tenant != model::TenantKey{}) {
    TenantRows on(session_, context_, TenantRef{organization_, role.tenant, {}});
    SKYDEN_RETURN_IF_ERROR(on.CheckThere());
  }
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(TellOfRoles(role.account));
  const std::string narrowing = role.narrowing.Text();
  SKYDEN_RETURN_IF_ERROR(
      Run(kInsertRole,
          {Param::Text(role.account.str()), Param::Text(role.id.str()),
           Param::Int(static_cast<int64_t>(role.tenant)), Param::Text(model::RoleName(role.role)),
           Param::Text(role.control_plane.str()), Param::Text(role.region),
           Param::Int(EncodeTime(role.created_at)), Param::Text(narrowing)}));
  return session_.changed() == 1 ? absl::OkStatus() : AccountNotFound();
}

absl::Status OrganizationWriteTx::DeleteRole(const model::AccountId& account,
                                             const model::RoleId& id) {
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(TellOfRoles(account));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteRole, {Param::Text(account.str()), Param::Text(id.str())}));
  return session_.changed() == 1 ? absl::OkStatus() : RoleNotFound();
}

absl::Status OrganizationWriteTx::DeleteAccount(const model::AccountId& id) {
  SKYDEN_ASSIGN_OR_RETURN(const std::optional<AccountRecord> account, FindAccount(id));
  if (!account.has_value()) return AccountNotFound();
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(TellOfRoles(id));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteMembersOf, {Param::Text(id.str())}));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteMembershipsOf, {Param::Text(id.str())}));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteRolesOfAccount, {Param::Text(id.str())}));
  return DeleteAccountRows(session_, binding(), id.str(), own_);
}

absl::Status OrganizationWriteTx::InsertToken(const TokenRecord& token) {
  outcome_.wrote = true;
  return InsertTokenRow(session_, binding(), token);
}

absl::Status OrganizationWriteTx::RevokeToken(const model::TokenId& id, absl::Time at) {
  outcome_.wrote = true;
  own_.tokens.push_back(id);
  SKYDEN_RETURN_IF_ERROR(Run(kRevokeToken, {Param::Text(id.str()), Param::Int(EncodeTime(at))}));
  return session_.changed() == 1 ? DeleteSessionsOf(id) : TokenNotFound();
}

absl::Status OrganizationWriteTx::DeleteSessionsOf(const model::TokenId& token) {
  return session_.Run(binding(), kDeleteSessionsOfToken, {Param::Text(token.str())},
                      [this](const Row& row) {
                        own_.tokens.emplace_back(row.String(1));
                        return absl::OkStatus();
                      });
}

absl::Status OrganizationWriteTx::RenameToken(const model::TokenId& id, const std::string& name,
                                              absl::Time at) {
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(
      Run(kRenameToken, {Param::Text(id.str()), Param::Text(name), Param::Int(EncodeTime(at))}));
  return session_.changed() == 1 ? absl::OkStatus() : TokenNotFound();
}

absl::Status OrganizationWriteTx::TouchToken(const model::TokenId& id, absl::Time at) {
  outcome_.wrote = true;
  return Run(kTouchToken, {Param::Text(id.str()), Param::Int(EncodeTime(at))});
}

absl::Status OrganizationWriteTx::DeleteToken(const model::TokenId& id) {
  outcome_.wrote = true;
  own_.tokens.push_back(id);
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteToken, {Param::Text(id.str())}));
  return session_.changed() == 1 ? DeleteSessionsOf(id) : TokenNotFound();
}

absl::Status OrganizationWriteTx::EndOrganization(absl::Time at) {
  SKYDEN_RETURN_IF_ERROR(Organization().status());
  SKYDEN_ASSIGN_OR_RETURN(const auto control_planes, ListControlPlanes());
  SKYDEN_ASSIGN_OR_RETURN(const auto deleted, ListDeletedControlPlanes());
  if (!control_planes.empty() || !deleted.empty()) return OrganizationNotEmpty();
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t operators,
                          CountUsableOperatorRows(session_, at, organization_));
  if (operators > 0) {
    SKYDEN_ASSIGN_OR_RETURN(const uint64_t all, CountUsableOperators(at));
    if (all == operators) return OrganizationHoldsLastOperator();
  }
  outcome_.wrote = true;
  own_.self = Change::Self::kGone;
  own_.all = true;
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAllTokens, {}));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAllMembers, {}));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAllRoles, {}));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAllAccounts, {}));
  SKYDEN_RETURN_IF_ERROR(Run(kRemoveOrganizationQuota, {}));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAllMetered, {}));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAllPastControlPlanes, {}));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAllAuditDestinations, {}));
  SKYDEN_RETURN_IF_ERROR(Run(kDeleteAuditWebhook, {}));
  return SystemEndOrganizationRow(session_, organization_, at);
}

absl::Status OrganizationWriteTx::Finish(Outcome& outcome, QuotaHolds holds) {
  for (const auto& tx : entered_) {
    TenantWrites& rows = tx->rows();
    SKYDEN_RETURN_IF_ERROR(rows.Settle(holds));
    outcome_.wrote |= rows.wrote();
    outcome_.bytes += rows.bytes();
    outcome_.changes.push_back(rows.TakeChange());
  }
  own_.organization = organization_;
  outcome_.changes.push_back(std::move(own_));
  outcome = std::move(outcome_);
  return absl::OkStatus();
}

}  // namespace skyden::store::rows
