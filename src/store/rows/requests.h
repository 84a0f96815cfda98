// SPDX-License-Identifier: Apache-2.0
// What a request does between the beginning and the end of its transaction, on every engine: the
// caller's function, then what has to follow it: counters, quota, the audit.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/store/audit.h"
#include "skyden/store/metering.h"
#include "skyden/store/quotas.h"
#include "skyden/store/records.h"
#include "skyden/store/store.h"
#include "skyden/store/write_plan.h"
#include "store/rows/audit_chain.h"
#include "store/rows/ledger.h"
#include "store/rows/tenant_rows.h"
#include "store/rows/transactions.h"
#include "store/rows/written_meter.h"

namespace skyden::store::rows {

// Each call runs one request in the transaction that is open, and may be called again once that was
// rolled back. An error means that nothing of it may be committed. `outcome` is a fresh one.
// What requests of one transaction count, and where the audit's chains end, is kept in memory until
// Close. Belongs to whoever writes: one thread at a time.
class Requests {
 public:
  // `context` outlives it.
  explicit Requests(const Context& context)
      : context_(context),
        ledger_({context.tombstones_per_type_max, context.history.bytes_max}),
        chain_(context.sealer) {}

  // After each request: it stays if the transaction does, or was rolled back.
  void Keep();
  void Abandon();
  // The last thing before a commit. An error means that nothing of the transaction may be
  // committed.
  absl::Status Close(Session& session);
  // After a commit, once: where the audit's chains end that grew.
  std::vector<AuditGrowth> TakeCommitted() { return chain_.TakeCommitted(); }
  // The same, after Close and before the commit.
  std::vector<AuditGrowth> ToBeCommitted() const { return chain_.ToBeCommitted(); }
  // The transaction was lost; or others may write before the next one.
  void Forget();
  // Thread-safe.
  uint64_t unplanned_reads() const { return unplanned_reads_.load(std::memory_order_relaxed); }
  // After a commit that holds it.
  void Count(const Outcome& committed);
  // Thread-safe.
  std::vector<Metering::Written> TakeWritten() { return written_.Take(); }

  absl::Status Write(Session& session, const TenantRef& tenant, const AuditActor& actor,
                     const WritePlan& plan, Store::WriteFn& fn, Outcome& outcome);
  absl::Status WriteDirectory(Session& session, model::OrganizationKey organization,
                              const AuditActor& actor, Store::DirectoryWriteFn& fn,
                              Outcome& outcome);

  // As those of Store, Quotas and Metering.
  absl::StatusOr<model::OrganizationKey> InsertOrganization(Session& session,
                                                            const OrganizationRecord& organization,
                                                            Outcome& outcome);
  absl::Status EndOrganization(Session& session, model::OrganizationKey organization, absl::Time at,
                               Outcome& outcome);
  absl::Status SetQuota(Session& session, const TenantRef& tenant, const AuditActor& actor,
                        const Quota& quota, AuditNote note, Outcome& outcome);
  absl::Status SetQuota(Session& session, model::OrganizationKey organization,
                        const AuditActor& actor, const Quota& quota, AuditNote note,
                        Outcome& outcome);
  absl::Status AddMetered(Session& session, model::OrganizationKey organization,
                          std::span<const MeteredHour> hours, Outcome& outcome);
  absl::StatusOr<uint64_t> PruneMetered(Session& session, const TenantRef& tenant, Hour before,
                                        Outcome& outcome);
  absl::Status PrunePast(Session& session, model::OrganizationKey organization, absl::Time before,
                         Outcome& outcome);

 private:
  // After the request's own writes.
  absl::Status WriteNotes(Session& session, const TenantRef& where, const AuditActor& actor,
                          std::vector<PendingNote> notes, Outcome& outcome);

  const Context& context_;
  Ledger ledger_;
  AuditChain chain_;
  std::atomic<uint64_t> unplanned_reads_{0};
  WrittenMeter written_;
};

}  // namespace skyden::store::rows
