// SPDX-License-Identifier: Apache-2.0
// Control planes that are deleted and can be had back. To everybody they are as gone as those that
// cannot: their rows are marked, so that no view shows them and nothing opens them; their id is in
// no place that is looked at; what lets somebody in is deleted. What it takes to have them back is
// in a table of its own.
#include <algorithm>
#include <utility>

#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/rows/audit_walk.h"
#include "store/rows/directory_reads.h"
#include "store/rows/kept_credentials.h"
#include "store/rows/records.h"
#include "store/rows/transactions.h"

namespace skyden::store::rows {

using enum StatementId;

namespace {

Param KeyOf(const TenantRef& tenant) { return Param::Int(static_cast<int64_t>(tenant.tenant)); }

absl::StatusOr<KeptCredentials> CredentialsOn(Session& session, const Binding& binding,
                                              const TenantRef& tenant) {
  KeptCredentials kept;
  SKYDEN_RETURN_IF_ERROR(session.Run(
      binding, kListAccountsOfControlPlane, {KeyOf(tenant)}, [&](const Row& row) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(AccountRecord account, ReadAccount(row, 1));
        kept.accounts.push_back(std::move(account));
        return absl::OkStatus();
      }));
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kListTokensOfControlPlane, {KeyOf(tenant)},
                                     [&](const Row& row) -> absl::Status {
                                       SKYDEN_ASSIGN_OR_RETURN(TokenRecord token, ReadToken(row));
                                       kept.tokens.push_back(std::move(token));
                                       return absl::OkStatus();
                                     }));
  SKYDEN_RETURN_IF_ERROR(session.Run(binding, kListRolesOfControlPlane, {KeyOf(tenant)},
                                     [&](const Row& row) -> absl::Status {
                                       SKYDEN_ASSIGN_OR_RETURN(RoleRecord role, ReadRole(row));
                                       kept.roles.push_back(std::move(role));
                                       return absl::OkStatus();
                                     }));
  return kept;
}

}  // namespace

absl::StatusOr<std::vector<DeletedControlPlane>> ListDeletedControlPlaneRows(
    Session& session, const Binding& binding) {
  std::vector<DeletedControlPlane> found;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(binding, kListDeletedControlPlanes, {}, [&](const Row& row) -> absl::Status {
        DeletedControlPlane deleted;
        deleted.tenant = model::TenantKey{row.Int(1)};
        deleted.id = model::ControlPlaneId(row.String(2));
        deleted.name = row.String(3);
        deleted.deleted_at = DecodeTime(row.Int(4));
        SKYDEN_ASSIGN_OR_RETURN(deleted.actor_kind, DecodeActorKind(row.Bytes(5)));
        deleted.actor_id = row.String(6);
        deleted.actor_name = row.String(7);
        found.push_back(std::move(deleted));
        return absl::OkStatus();
      }));
  // Tenants are in the order in which they were made.
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.deleted_at < b.deleted_at; });
  return found;
}

absl::Status OrganizationWriteTx::Shelve(const TenantRef& tenant,
                                         const DeletedControlPlane& deleted,
                                         std::string_view kept) {
  return Run(
      kInsertDeletedControlPlane,
      {KeyOf(tenant), Param::Text(tenant.control_plane.str()), Param::Text(deleted.name),
       Param::Int(EncodeTime(deleted.deleted_at)), Param::Text(ActorKindName(deleted.actor_kind)),
       Param::Text(deleted.actor_id), Param::Text(deleted.actor_name), Param::Blob(kept)});
}

absl::StatusOr<uint64_t> OrganizationWriteTx::ShelveControlPlane(const model::ControlPlaneId& id,
                                                                 absl::Time at) {
  SKYDEN_RETURN_IF_ERROR(ledger_.Write(session_));
  SKYDEN_ASSIGN_OR_RETURN(const auto record, FindControlPlane(id));
  if (!record.has_value()) return ControlPlaneNotFound();
  const TenantRef tenant{organization_, record->tenant, id};
  SKYDEN_ASSIGN_OR_RETURN(const KeptCredentials kept, CredentialsOn(session_, binding(), tenant));
  outcome_.wrote = true;
  const AuditActor actor = actor_.Tamed();
  DeletedControlPlane deleted;
  deleted.name = record->name;
  deleted.deleted_at = at;
  deleted.actor_kind = actor.kind;
  deleted.actor_id = actor.id;
  deleted.actor_name = actor.name;
  SKYDEN_RETURN_IF_ERROR(Shelve(tenant, deleted, EncodeKept(kept)));
  Change change{.organization = organization_,
                .tenant = tenant.tenant,
                .types = AllTypes(context_.registry),
                .self = Change::Self::kGone};
  SKYDEN_RETURN_IF_ERROR(RememberName(id, at));
  SKYDEN_RETURN_IF_ERROR(Run(kShelveControlPlane, {Param::Text(id.str())}));
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(tenant.binding(), kShelveTenant, {}, [&change](const Row& row) {
        change.revision = row.Unsigned(1);
        return absl::OkStatus();
      }));
  return DeleteCredentialsOn(tenant, std::move(change));
}

// Takes it out of the table, and (with a name) lets it be seen again.
absl::StatusOr<TenantRef> OrganizationWriteTx::Unshelve(const model::ControlPlaneId& id,
                                                        const std::optional<std::string>& name,
                                                        std::string& kept) {
  std::optional<TenantRef> tenant;
  std::string old_name;
  SKYDEN_RETURN_IF_ERROR(session_.Run(
      binding(), kGetDeletedControlPlane, {Param::Text(id.str())}, [&](const Row& row) {
        tenant = TenantRef{organization_, model::TenantKey{row.Int(1)}, id};
        old_name = row.String(2);
        kept = row.String(3);
        return absl::OkStatus();
      }));
  if (!tenant.has_value()) return ControlPlaneNotFound();
  outcome_.wrote = true;
  SKYDEN_RETURN_IF_ERROR(Run(kRemoveDeletedControlPlane, {KeyOf(*tenant)}));
  if (!name.has_value()) return *std::move(tenant);
  const std::string& shown = name->empty() ? old_name : *name;
  SKYDEN_RETURN_IF_ERROR(session_.Run(tenant->binding(), kUnshelveControlPlane,
                                      {Param::Text(id.str()), Param::Text(shown)}));
  Change change{.organization = organization_,
                .tenant = tenant->tenant,
                .types = AllTypes(context_.registry),
                .self = Change::Self::kDescribed,
                .keys_promised = true,
                .all = true};
  SKYDEN_RETURN_IF_ERROR(session_.Run(tenant->binding(), kUnshelveTenant, {Param::Text(id.str())},
                                      [&change](const Row& row) {
                                        change.revision = row.Unsigned(1);
                                        return absl::OkStatus();
                                      }));
  ledger_.Renew(tenant->tenant);
  outcome_.changes.push_back(std::move(change));
  return *std::move(tenant);
}

absl::Status OrganizationWriteTx::PutBack(const TenantRef& tenant, std::string_view text) {
  SKYDEN_ASSIGN_OR_RETURN(KeptCredentials kept, DecodeKept(text));
  for (AccountRecord& account : kept.accounts) {
    account.tenant = tenant.tenant;
    SKYDEN_RETURN_IF_ERROR(InsertAccount(account));
  }
  for (const TokenRecord& token : kept.tokens) SKYDEN_RETURN_IF_ERROR(InsertToken(token));
  for (RoleRecord& role : kept.roles) {
    SKYDEN_ASSIGN_OR_RETURN(const auto account, FindAccount(role.account));
    if (!account.has_value()) continue;
    role.tenant = tenant.tenant;
    role.control_plane = tenant.control_plane;
    SKYDEN_RETURN_IF_ERROR(InsertRole(role));
  }
  return absl::OkStatus();
}

absl::StatusOr<ControlPlaneRecord> OrganizationWriteTx::UndeleteControlPlane(
    const model::ControlPlaneId& id, const std::string& name) {
  SKYDEN_RETURN_IF_ERROR(Organization().status());
  std::string kept;
  SKYDEN_ASSIGN_OR_RETURN(const TenantRef tenant, Unshelve(id, name, kept));
  SKYDEN_RETURN_IF_ERROR(PutBack(tenant, kept));
  SKYDEN_ASSIGN_OR_RETURN(auto record, FindControlPlane(id));
  if (!record.has_value()) return ControlPlaneNotFound();
  return *std::move(record);
}

absl::Status OrganizationWriteTx::EndDeletedControlPlane(const model::ControlPlaneId& id) {
  std::string kept;
  SKYDEN_ASSIGN_OR_RETURN(TenantRef tenant, Unshelve(id, std::nullopt, kept));
  SKYDEN_RETURN_IF_ERROR(
      session_.Run(tenant.binding(), kEndShelvedControlPlane, {Param::Blob({})}));
  SKYDEN_RETURN_IF_ERROR(session_.Run(tenant.binding(), kMarkTenantGone));
  outcome_.gone.push_back(std::move(tenant));
  return absl::OkStatus();
}

// Nobody else looks while this transaction runs, and after it everything is as it was.
absl::StatusOr<uint64_t> OrganizationWriteTx::ResealDeletedControlPlane(
    const model::ControlPlaneId& id) {
  SKYDEN_ASSIGN_OR_RETURN(const auto all, ListDeletedControlPlanes());
  const DeletedControlPlane* deleted = nullptr;
  for (const DeletedControlPlane& one : all) {
    if (one.id == id) deleted = &one;
  }
  if (deleted == nullptr) return ControlPlaneNotFound();
  std::string kept;
  SKYDEN_ASSIGN_OR_RETURN(const TenantRef tenant, Unshelve(id, deleted->name, kept));
  outcome_.changes.pop_back();
  const WritePlan anything = WritePlan::ReadsAnything();
  TenantWrites inside(session_, context_, tenant, ledger_, anything, actor_);
  SKYDEN_RETURN_IF_ERROR(inside.Open());
  SKYDEN_ASSIGN_OR_RETURN(const uint64_t count, inside.ResealSecrets());
  SKYDEN_RETURN_IF_ERROR(inside.Settle(QuotaHolds::kNo));
  SKYDEN_RETURN_IF_ERROR(ledger_.Write(session_));
  SKYDEN_RETURN_IF_ERROR(Shelve(tenant, *deleted, kept));
  SKYDEN_RETURN_IF_ERROR(Run(kShelveControlPlane, {Param::Text(id.str())}));
  SKYDEN_RETURN_IF_ERROR(session_.Run(tenant.binding(), kShelveTenant));
  ledger_.End(tenant.tenant);
  return count;
}

}  // namespace skyden::store::rows
