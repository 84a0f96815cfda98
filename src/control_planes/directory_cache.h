// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/records.h"
#include "skyden/store/store.h"

namespace skyden::control_planes {

using ControlPlaneList = std::vector<store::ControlPlaneRecord>;

// The control planes of each organization, as last read; the store's changes say when to read
// again. Revisions move all the time, so nobody may look at those in a list.
//
// Thread-safe.
class DirectoryCache {
 public:
  explicit DirectoryCache(store::Store& store);  // which outlives it

  // As of every commit that was acknowledged before the call. Blocks on the disk at most.
  absl::StatusOr<std::shared_ptr<const ControlPlaneList>> List(
      const model::OrganizationScope& scope) ABSL_LOCKS_EXCLUDED(mu_);
  // How many there are. Reads them all the first time only.
  absl::StatusOr<size_t> Count(const model::OrganizationScope& scope) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Entry {
    std::shared_ptr<const ControlPlaneList> list;  // nullptr when it must be read again
    bool counted = false;
    absl::flat_hash_set<model::TenantKey> members;  // those that there are, when counted
    uint64_t generation = 0;  // counts changes: a read that spans one is not kept
  };
  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu_);
  static void Apply(const store::Change& change, Entry& entry);
  absl::StatusOr<ControlPlaneList> Read(const model::OrganizationScope& scope);

  store::Store& store_;
  absl::Mutex mu_;
  absl::flat_hash_map<model::OrganizationKey, Entry> entries_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<store::Subscription> subscription_;  // last: it uses all of the above
};

}  // namespace skyden::control_planes
