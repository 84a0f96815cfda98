// SPDX-License-Identifier: Apache-2.0
#include "store/rows/requests.h"

#include <utility>

#include "skyden/base/status.h"
#include "store/rows/directory_reads.h"
#include "store/rows/metering_rows.h"
#include "store/rows/quota_rows.h"
#include "store/rows/records.h"

namespace skyden::store::rows {
namespace {

// The daemon's own work is counted, and never refused.
QuotaHolds HoldsFor(const AuditActor& actor) {
  return actor.kind == model::Principal::Kind::kSystem ? QuotaHolds::kNo : QuotaHolds::kYes;
}

// Nor is it used by the tenant.
bool IsMetered(const AuditActor& actor) { return actor.kind != model::Principal::Kind::kSystem; }

}  // namespace

void Requests::Keep() {
  ledger_.KeepRequest();
  chain_.KeepRequest();
}

void Requests::Abandon() {
  ledger_.AbandonRequest();
  chain_.AbandonRequest();
}

absl::Status Requests::Close(Session& session) {
  SKYDEN_RETURN_IF_ERROR(ledger_.Close(session));
  SKYDEN_RETURN_IF_ERROR(chain_.WriteEnds(session));
  ledger_.KeepRequest();
  return absl::OkStatus();
}

void Requests::Forget() {
  ledger_.Forget();
  chain_.Forget();
}

absl::Status Requests::Write(Session& session, const TenantRef& tenant, const AuditActor& actor,
                             const WritePlan& plan, Store::WriteFn& fn, Outcome& outcome) {
  TenantWriteTx tx(session, context_, tenant, ledger_, plan, actor);
  SKYDEN_RETURN_IF_ERROR(tx.rows().Open());
  // What the daemon itself writes is the same in all versions, or looked at where it is written.
  if (actor.kind != model::Principal::Kind::kSystem) {
    SKYDEN_RETURN_IF_ERROR(tx.rows().CheckVersion());
  }
  SKYDEN_ASSIGN_OR_RETURN(outcome.revision, tx.CurrentRevision());
  const absl::Status tried = fn(tx);
  TenantWrites& rows = tx.rows();
  unplanned_reads_.fetch_add(rows.unplanned_reads(), std::memory_order_relaxed);
  // What is only tried is told of its quota too.
  if (!tried.ok() && !absl::IsCancelled(tried)) return tried;
  SKYDEN_RETURN_IF_ERROR(rows.Settle(HoldsFor(actor)));
  SKYDEN_RETURN_IF_ERROR(tried);
  outcome.wrote = rows.wrote();
  outcome.bytes = rows.bytes();
  outcome.metered = IsMetered(actor);
  if (rows.revision().has_value()) outcome.revision = *rows.revision();
  outcome.changes.push_back(rows.TakeChange());
  return WriteNotes(session, tenant, actor, rows.TakeNotes(), outcome);
}

absl::Status Requests::WriteDirectory(Session& session, model::OrganizationKey organization,
                                      const AuditActor& actor, Store::DirectoryWriteFn& fn,
                                      Outcome& outcome) {
  OrganizationWriteTx tx(session, context_, chain_, ledger_, organization, actor);
  SKYDEN_RETURN_IF_ERROR(fn(tx));
  SKYDEN_RETURN_IF_ERROR(tx.Finish(outcome, HoldsFor(actor)));
  outcome.metered = IsMetered(actor);
  return WriteNotes(session, {organization, {}, {}}, actor, tx.TakeNotes(), outcome);
}

absl::StatusOr<model::OrganizationKey> Requests::InsertOrganization(
    Session& session, const OrganizationRecord& organization, Outcome& outcome) {
  outcome.wrote = true;
  SKYDEN_ASSIGN_OR_RETURN(const model::OrganizationKey key,
                          SystemInsertOrganizationRow(session, organization));
  outcome.changes.push_back({.organization = key, .self = Change::Self::kDescribed});
  return key;
}

absl::Status Requests::EndOrganization(Session& session, model::OrganizationKey organization,
                                       absl::Time at, Outcome& outcome) {
  OrganizationWriteTx tx(session, context_, chain_, ledger_, organization, {});
  SKYDEN_RETURN_IF_ERROR(tx.EndOrganization(at));
  return tx.Finish(outcome, QuotaHolds::kNo);
}

absl::Status Requests::SetQuota(Session& session, const TenantRef& tenant, const AuditActor& actor,
                                const Quota& quota, AuditNote note, Outcome& outcome) {
  SKYDEN_RETURN_IF_ERROR(TenantRows(session, context_, tenant).CheckThere());
  outcome.wrote = true;
  SKYDEN_RETURN_IF_ERROR(ledger_.Close(session));
  SKYDEN_RETURN_IF_ERROR(WriteQuota(session, tenant, quota));
  std::vector<PendingNote> notes{{tenant.tenant, tenant.control_plane, std::move(note)}};
  return WriteNotes(session, tenant, actor, std::move(notes), outcome);
}

absl::Status Requests::SetQuota(Session& session, model::OrganizationKey organization,
                                const AuditActor& actor, const Quota& quota, AuditNote note,
                                Outcome& outcome) {
  SKYDEN_RETURN_IF_ERROR(GetOrganizationRow(session, BindingOf(organization)).status());
  outcome.wrote = true;
  SKYDEN_RETURN_IF_ERROR(ledger_.Close(session));
  SKYDEN_RETURN_IF_ERROR(WriteQuota(session, organization, quota));
  std::vector<PendingNote> notes{{{}, {}, std::move(note)}};
  return WriteNotes(session, {organization, {}, {}}, actor, std::move(notes), outcome);
}

void Requests::Count(const Outcome& committed) {
  if (!committed.metered) return;
  uint64_t bytes = committed.bytes;
  for (const Change& change : committed.changes) {
    // What somebody takes away or has back whole is not written by him.
    const bool is_write = change.tenant != model::TenantKey{} && change.revision != 0 &&
                          change.self != Change::Self::kGone && !change.all;
    if (!is_write) continue;
    written_.Add(change.organization, change.tenant, context_.Now(), std::exchange(bytes, 0));
  }
}

absl::Status Requests::AddMetered(Session& session, model::OrganizationKey organization,
                                  std::span<const MeteredHour> hours, Outcome& outcome) {
  SKYDEN_RETURN_IF_ERROR(GetOrganizationRow(session, BindingOf(organization)).status());
  outcome.wrote = !hours.empty();
  for (const MeteredHour& hour : hours) {
    SKYDEN_RETURN_IF_ERROR(AddMeteredRow(session, organization, hour));
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Requests::PruneMetered(Session& session, const TenantRef& tenant,
                                                Hour before, Outcome& outcome) {
  outcome.wrote = true;
  SKYDEN_RETURN_IF_ERROR(
      session.Run(tenant.binding(), StatementId::kPruneMetered, {Param::Int(before)}));
  return session.changed();
}

absl::Status Requests::PrunePast(Session& session, model::OrganizationKey organization,
                                 absl::Time before, Outcome& outcome) {
  outcome.wrote = true;
  return session.Run(BindingOf(organization), StatementId::kPrunePastControlPlanes,
                     {Param::Int(EncodeTime(before))});
}

absl::Status Requests::WriteNotes(Session& session, const TenantRef& where, const AuditActor& actor,
                                  std::vector<PendingNote> notes, Outcome& outcome) {
  if (notes.empty() && outcome.wrote && actor.IsPerson()) {
    notes.push_back({where.tenant, where.control_plane, {absl::Now(), kActionUnnamed, "", "", ""}});
  }
  outcome.wrote |= !notes.empty();
  return chain_.Append(session, where.organization, actor, std::move(notes));
}

}  // namespace skyden::store::rows
