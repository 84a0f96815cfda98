// SPDX-License-Identifier: Apache-2.0
#include "control_planes/directory_cache.h"

#include <optional>
#include <utility>

#include "skyden/base/status.h"
#include "skyden/store/directory_tx.h"

namespace skyden::control_planes {

DirectoryCache::DirectoryCache(store::Store& store)
    : store_(store),
      subscription_(store.Subscribe(std::nullopt,
                                    [this](const store::Change& change) { OnChange(change); })) {}

absl::StatusOr<ControlPlaneList> DirectoryCache::Read(const model::OrganizationScope& scope) {
  ControlPlaneList list;
  const absl::Status read =
      store_.ReadDirectory(scope, [&list](store::DirectoryReadTx& tx) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(list, tx.ListControlPlanes());
        return absl::OkStatus();
      });
  SKYDEN_RETURN_IF_ERROR(read);
  return list;
}

absl::StatusOr<std::shared_ptr<const ControlPlaneList>> DirectoryCache::List(
    const model::OrganizationScope& scope) {
  uint64_t generation = 0;
  {
    absl::MutexLock lock(&mu_);
    const Entry& entry = entries_[scope.organization()];
    if (entry.list) return entry.list;
    generation = entry.generation;
  }
  SKYDEN_ASSIGN_OR_RETURN(ControlPlaneList read, Read(scope));
  auto list = std::make_shared<const ControlPlaneList>(std::move(read));
  absl::MutexLock lock(&mu_);
  Entry& entry = entries_[scope.organization()];
  if (entry.generation == generation) {
    entry.list = list;
    entry.counted = true;
    entry.members.clear();
    for (const store::ControlPlaneRecord& record : *list) entry.members.insert(record.tenant);
  }
  return list;
}

absl::StatusOr<size_t> DirectoryCache::Count(const model::OrganizationScope& scope) {
  {
    absl::MutexLock lock(&mu_);
    const Entry& entry = entries_[scope.organization()];
    if (entry.counted) return entry.members.size();
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto list, List(scope));
  return list->size();
}

void DirectoryCache::OnChange(const store::Change& change) {
  const bool of_one =
      change.tenant != model::TenantKey{} && change.self != store::Change::Self::kSame;
  if (!of_one && !change.all) return;
  absl::MutexLock lock(&mu_);
  if (change.organization == model::OrganizationKey{}) {
    for (auto& [organization, entry] : entries_) Apply(change, entry);
    return;
  }
  // Whoever reads one for the first time has made its entry before.
  const auto found = entries_.find(change.organization);
  if (found != entries_.end()) Apply(change, found->second);
}

// A notice may come again, so members are named and not counted.
void DirectoryCache::Apply(const store::Change& change, Entry& entry) {
  ++entry.generation;
  entry.list = nullptr;
  if (change.all) {
    entry.counted = false;
  } else if (change.self == store::Change::Self::kGone) {
    entry.members.erase(change.tenant);
  } else {
    entry.members.insert(change.tenant);
  }
}

}  // namespace skyden::control_planes
