// SPDX-License-Identifier: Apache-2.0
// What a request does between the beginning and the end of its transaction, on every engine: the
// caller's function, then what has to follow it: counters, quota, the audit.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/store/quotas.h"
#include "skyden/store/store.h"
#include "store/rows/audit_chain.h"
#include "store/rows/tenant_rows.h"
#include "store/rows/transactions.h"

namespace skyden::store::rows {

// Each call runs one request in the transaction that is open, and may be called again once that was
// rolled back. An error means that nothing of it may be committed. `outcome` is a fresh one.
// Belongs to whoever writes, as its chain does: one thread at a time.
class Requests {
 public:
  // Both outlive it.
  Requests(const Context& context, AuditChain& chain) : context_(context), chain_(chain) {}

  absl::Status Write(Session& session, const TenantRef& tenant, const AuditActor& actor,
                     Store::WriteFn& fn, Outcome& outcome);
  absl::Status WriteDirectory(Session& session, model::OrganizationKey organization,
                              const AuditActor& actor, Store::DirectoryWriteFn& fn,
                              Outcome& outcome);

  // As those of Store and Quotas.
  absl::StatusOr<model::OrganizationKey> InsertOrganization(Session& session,
                                                            const OrganizationRecord& organization,
                                                            Outcome& outcome);
  absl::StatusOr<std::vector<model::TokenId>> EndOrganization(Session& session,
                                                              model::OrganizationKey organization,
                                                              absl::Time at, Outcome& outcome);
  absl::Status SetQuota(Session& session, const TenantRef& tenant, const AuditActor& actor,
                        const Quota& quota, AuditNote note, Outcome& outcome);
  absl::Status SetQuota(Session& session, model::OrganizationKey organization,
                        const AuditActor& actor, const Quota& quota, AuditNote note,
                        Outcome& outcome);

 private:
  // After the request's own writes.
  absl::Status WriteNotes(Session& session, const TenantRef& where, const AuditActor& actor,
                          std::vector<PendingNote> notes, Outcome& outcome);

  const Context& context_;
  AuditChain& chain_;
};

}  // namespace skyden::store::rows
