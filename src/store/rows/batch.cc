// SPDX-License-Identifier: Apache-2.0
#include "store/rows/batch.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace skyden::store::rows {
namespace {

// Of a change of the audit: those who listen do so to all organizations.
constexpr model::TenantKey kNoTenant{-1};

// One change for each control plane.
std::vector<Change> TakeChanges(Batch& batch) {
  absl::flat_hash_map<model::TenantKey, size_t> seen;
  std::vector<Change> changes;
  for (BatchItem& item : batch) {
    if (!item.status.ok()) continue;
    for (Change& change : item.outcome.changes) {
      const auto [place, is_new] = seen.try_emplace(change.tenant, changes.size());
      if (is_new) {
        changes.push_back(std::move(change));
        continue;
      }
      Change& merged = changes[place->second];
      merged.revision = std::max(merged.revision, change.revision);
      std::vector<model::TypeId> types;
      std::set_union(merged.types.begin(), merged.types.end(), change.types.begin(),
                     change.types.end(), std::back_inserter(types));
      merged.types = std::move(types);
    }
  }
  return changes;
}

}  // namespace

size_t CountWrites(const Batch& batch) {
  return static_cast<size_t>(std::count_if(batch.begin(), batch.end(), [](const BatchItem& item) {
    return item.status.ok() && item.outcome.wrote;
  }));
}

void Answer(Batch& batch, const Listeners& listeners, Requests& requests,
            std::deque<TenantRef>& remains) {
  for (const Change& change : TakeChanges(batch)) listeners.changes.Publish(change);
  for (const auto& [organization, last] : requests.TakeCommitted()) {
    listeners.audit.Publish({kNoTenant, {}, last, organization});
  }
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
