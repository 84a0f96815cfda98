// SPDX-License-Identifier: Apache-2.0
#include "store/rows/batch.h"

#include <algorithm>
#include <utility>

namespace skyden::store::rows {

size_t CountWrites(const Batch& batch) {
  return static_cast<size_t>(std::count_if(batch.begin(), batch.end(), [](const BatchItem& item) {
    return item.status.ok() && item.outcome.wrote;
  }));
}

namespace {

// What is new ends nobody's access; nor does what is written of resources: keys and revocations of
// a control plane's own tokens are looked at by whoever uses them (identity/access_change.h).
bool MayEndAccess(const std::vector<Change>& changes) {
  return std::any_of(changes.begin(), changes.end(), [](const Change& change) {
    return change.all || change.self >= Change::Self::kTerms || !change.tokens.empty() ||
           !change.accounts.empty();
  });
}

}  // namespace

ChangeBatch ChangesOf(const Batch& batch) {
  ChangeBatch changes;
  for (const BatchItem& item : batch) {
    if (!item.status.ok()) continue;
    for (const Change& change : item.outcome.changes) changes.Add(change);
  }
  return changes;
}

void Tell(const std::vector<Change>& changes, const std::vector<AuditGrowth>& audit,
          const Listeners& listeners) {
  absl::MutexLock lock(&listeners.turns);
  for (const Change& change : changes) listeners.changes.Publish(change);
  for (const AuditGrowth& grown : audit) listeners.audit.Call({}, grown);
}

void Answer(Batch& batch, const ChangeBatch& changes, const Listeners& listeners,
            Requests& requests, std::deque<TenantRef>& remains, AnswerLater later) {
  Tell(changes.all(), requests.TakeCommitted(), listeners);
  for (BatchItem& item : batch) {
    if (!item.status.ok()) {
      item.request.done(std::move(item.status));
      continue;
    }
    requests.Count(item.outcome);
    for (TenantRef& tenant : item.outcome.gone) remains.push_back(std::move(tenant));
    if (later && MayEndAccess(item.outcome.changes)) {
      later([done = std::move(item.request.done), revision = item.outcome.revision]() mutable {
        done(revision);
      });
    } else {
      item.request.done(item.outcome.revision);
    }
  }
}

void FailAll(Batch& batch, const absl::Status& status) {
  for (BatchItem& item : batch) item.request.done(item.status.ok() ? status : item.status);
}

}  // namespace skyden::store::rows
