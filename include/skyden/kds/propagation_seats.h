// SPDX-License-Identifier: Apache-2.0
// How many may wait for zones at once: in all, and of one control plane.
#pragma once

#include <cstddef>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::kds {

// For whoever holds the lock of those that wait.
class PropagationSeats {
 public:
  // UNAVAILABLE once closed; RESOURCE_EXHAUSTED, with a time to come again, where none is free
  // (limits::kPropagationWaits, limits::kPropagationWaitsPerControlPlane).
  absl::Status Take(model::TenantKey tenant);
  // Of one that was taken.
  void GiveBack(model::TenantKey tenant);
  void Close() { closed_ = true; }

 private:
  absl::flat_hash_map<model::TenantKey, size_t> per_tenant_;
  size_t taken_ = 0;
  bool closed_ = false;
};

}  // namespace skyden::kds
