// SPDX-License-Identifier: Apache-2.0
// Requests that share one transaction: what each is, and how all are answered once it is committed.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/store/write_plan.h"
#include "store/change_hub.h"
#include "store/rows/requests.h"
#include "store/rows/tenant_ref.h"
#include "store/rows/transactions.h"
#include "store/session.h"

namespace skyden::store::rows {

// Runs a request; may be called again after a rollback.
using RunRequest = absl::AnyInvocable<absl::Status(Session&, Outcome&)>;
// Told once, on the writer's thread (or the caller's, when the request was refused at the door).
using RequestDone = absl::AnyInvocable<void(absl::StatusOr<model::Revision>)>;

struct WriteRequest {
  RunRequest run;
  RequestDone done;
  // kSystem: it writes what comes before any scope (organizations themselves). An engine whose
  // system is somebody else gives it a session of that one's.
  enum class For { kScope, kSystem } on_behalf = For::kScope;
  // Whose rows: a control plane's, or (tenant 0) an organization's beside its control planes.
  TenantRef tenant = {};
  // Of a write inside a control plane: what it will read. nullptr: it did not say.
  std::shared_ptr<const WritePlan> plan = nullptr;
  // What must be nobody else's meanwhile, on an engine where several write: who is told of in the
  // audit counts its organization's entries.
  enum class Holds { kControlPlane, kOrganization } holds = Holds::kOrganization;
  absl::Duration came_at = absl::ZeroDuration();  // the writer's to set
};

struct BatchItem {
  WriteRequest request;
  Outcome outcome;
  absl::Status status;
  bool settled = false;  // not to be run again
};
using Batch = std::vector<BatchItem>;

// How many of them a commit would keep.
size_t CountWrites(const Batch& batch);

struct Listeners {
  ChangeHub& changes;
  Subscribers<AuditGrowth>& audit;
  absl::Mutex& turns;  // held by who tells them: one thread at a time
};

// What those that will be kept concern, one change for each owner.
ChangeBatch ChangesOf(const Batch& batch);

// Tells the listeners of commits.
void Tell(const std::vector<Change>& changes, const std::vector<AuditGrowth>& audit,
          const Listeners& listeners);

// After the commit. Tells the listeners, then those who asked: who reads after its write was
// acknowledged must find every cache already told. Adds the control planes whose rows are to be
// removed to `remains`.
// `later`: where others than this process must have heard first, gets the answers to requests that
// may end somebody's access, to be given once they have.
using AnswerLater = absl::AnyInvocable<void(absl::AnyInvocable<void()>)>;
void Answer(Batch& batch, const ChangeBatch& changes, const Listeners& listeners,
            Requests& requests, std::deque<TenantRef>& remains, AnswerLater later = nullptr);
// Nothing was kept: `status` for all but those that failed by themselves.
void FailAll(Batch& batch, const absl::Status& status);

}  // namespace skyden::store::rows
