// SPDX-License-Identifier: Apache-2.0
// A rollout that ends writes its resources in the same transaction. Whoever saw that it ended must
// not be given a view from before, or zones would have the old state for a moment: so the types
// that rollouts touch, or touched, are asked for anew when one changed.
#include "resources/rollouts/live_cache.h"

#include <set>
#include <utility>

#include "resources/rollouts/stored.h"
#include "skyden/base/status.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {
namespace {

void AddTypes(const LiveRollouts* live, std::set<model::TypeId>& types) {
  if (live == nullptr) return;
  for (const Rollout& rollout : live->all()) {
    for (const model::TypeId type : rollout.types()) types.insert(type);
  }
}

}  // namespace

LiveRolloutsCache::LiveRolloutsCache(store::Store& store, const model::TypeRegistry& registry,
                                     ResourceViews& views)
    : store_(store),
      registry_(registry),
      views_(views),
      subscription_(store.Subscribe(std::nullopt,
                                    [this](const store::Change& change) { OnChange(change); })) {}

void LiveRolloutsCache::OnChange(const store::Change& change) {
  const bool gone = change.self == store::Change::Self::kGone;
  if (!gone && !change.NamesRollouts()) return;
  absl::MutexLock lock(&mu_);
  if (gone && change.tenant != model::TenantKey{}) {
    entries_.erase(change.tenant);
    return;
  }
  const auto forget = [](Entry& entry) {
    ++entry.generation;
    if (entry.live != nullptr) entry.before = std::exchange(entry.live, nullptr);
  };
  if (change.tenant != model::TenantKey{}) {
    const auto found = entries_.find(change.tenant);
    if (found != entries_.end()) forget(found->second);
    return;
  }
  for (auto& [tenant, entry] : entries_) {
    if (change.IsOf(entry.organization, tenant)) forget(entry);
  }
}

absl::StatusOr<LiveRolloutsCache::Pointer> LiveRolloutsCache::Read(
    const model::TenantScope& scope) const {
  std::vector<store::RolloutRecord> records;
  SKYDEN_RETURN_IF_ERROR(store_.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(records, tx.ListRollouts());
    return absl::OkStatus();
  }));
  std::vector<Rollout> live;
  for (const store::RolloutRecord& record : records) {
    if (!record.IsLive()) continue;
    SKYDEN_ASSIGN_OR_RETURN(Rollout rollout, DecodeRollout(registry_, record));
    live.push_back(std::move(rollout));
  }
  return std::make_shared<const LiveRollouts>(std::move(live));
}

absl::StatusOr<LiveRolloutsCache::Pointer> LiveRolloutsCache::Get(const model::TenantScope& scope) {
  uint64_t generation = 0;
  Pointer before;
  {
    absl::MutexLock lock(&mu_);
    Entry& entry = entries_[scope.tenant()];
    if (entry.live != nullptr) return entry.live;
    entry.organization = scope.organization();
    generation = entry.generation;
    before = entry.before;
  }
  auto live = Read(scope);
  if (!live.ok()) {
    absl::MutexLock lock(&mu_);
    if (absl::IsNotFound(live.status())) entries_.erase(scope.tenant());
    return live.status();
  }
  std::set<model::TypeId> types;
  AddTypes(before.get(), types);
  AddTypes(live->get(), types);
  for (const model::TypeId type : types) {
    SKYDEN_RETURN_IF_ERROR(views_.Resync(scope, type).status());
  }
  absl::MutexLock lock(&mu_);
  Entry& entry = entries_[scope.tenant()];
  if (entry.generation == generation) {
    entry.live = *live;
    entry.before = nullptr;
  }
  return *live;
}

}  // namespace skyden::resources
