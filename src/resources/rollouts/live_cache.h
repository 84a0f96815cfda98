// SPDX-License-Identifier: Apache-2.0
// The live rollouts of each control plane that was asked for.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "skyden/resources/resource_views.h"
#include "skyden/resources/rollouts.h"
#include "skyden/store/change.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// Thread-safe. An entry without rollouts, which is nearly every one, is a few words; those of
// control planes that are gone go.
class LiveRolloutsCache {
 public:
  LiveRolloutsCache(store::Store& store, const model::TypeRegistry& registry, ResourceViews& views);

  // See Rollouts::Live.
  absl::StatusOr<std::shared_ptr<const LiveRollouts>> Get(const model::TenantScope& scope)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Pointer = std::shared_ptr<const LiveRollouts>;
  struct Entry {
    model::OrganizationKey organization{};
    Pointer live;             // nullptr: to be read
    Pointer before;           // what was known until then
    uint64_t generation = 0;  // of changes
  };
  void OnChange(const store::Change& change) ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<Pointer> Read(const model::TenantScope& scope) const;

  store::Store& store_;
  const model::TypeRegistry& registry_;
  ResourceViews& views_;
  absl::Mutex mu_;
  absl::flat_hash_map<model::TenantKey, Entry> entries_ ABSL_GUARDED_BY(mu_);
  const std::unique_ptr<store::Subscription> subscription_;  // last: it calls
};

}  // namespace skyden::resources
