// SPDX-License-Identifier: Apache-2.0
#include "control_planes/directory_cache.h"

#include <utility>

#include "skyden/base/status.h"

namespace skyden::control_planes {

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
    entry.count = list->size();
  }
  return list;
}

absl::StatusOr<size_t> DirectoryCache::Count(const model::OrganizationScope& scope) {
  {
    absl::MutexLock lock(&mu_);
    const Entry& entry = entries_[scope.organization()];
    if (entry.counted) return entry.count;
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto list, List(scope));
  return list->size();
}

void DirectoryCache::Report(model::OrganizationKey organization, Event event) {
  absl::MutexLock lock(&mu_);
  Entry& entry = entries_[organization];
  ++entry.generation;
  entry.list = nullptr;
  if (event == Event::kCreated) ++entry.count;
  if (event == Event::kDeleted && entry.count > 0) --entry.count;
}

}  // namespace skyden::control_planes
