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

void Answer(Batch& batch, const Listeners& listeners, Requests& requests,
            std::deque<TenantRef>& remains) {
  ChangeBatch changes;
  for (BatchItem& item : batch) {
    if (!item.status.ok()) continue;
    for (Change& change : item.outcome.changes) changes.Add(std::move(change));
  }
  for (const Change& change : changes.all()) listeners.changes.Publish(change);
  for (const AuditGrowth& grown : requests.TakeCommitted()) listeners.audit.Call({}, grown);
  for (BatchItem& item : batch) {
    if (!item.status.ok()) {
      item.request.done(std::move(item.status));
      continue;
    }
    for (TenantRef& tenant : item.outcome.gone) remains.push_back(std::move(tenant));
    item.request.done(item.outcome.revision);
  }
}

void FailAll(Batch& batch, const absl::Status& status) {
  for (BatchItem& item : batch) item.request.done(item.status.ok() ? status : item.status);
}

}  // namespace skyden::store::rows
