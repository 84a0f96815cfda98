// SPDX-License-Identifier: Apache-2.0
#include "skyden/kds/propagation_seats.h"

#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"
#include "skyden/base/status.h"

namespace skyden::kds {

absl::Status PropagationSeats::Take(model::TenantKey tenant) {
  if (closed_) return absl::UnavailableError("the daemon stops");
  const auto of_tenant = per_tenant_.find(tenant);
  const size_t waiting = of_tenant == per_tenant_.end() ? 0 : of_tenant->second;
  if (taken_ >= base::limits::kPropagationWaits ||
      waiting >= base::limits::kPropagationWaitsPerControlPlane) {
    return base::WithRetryAfter(
        absl::ResourceExhaustedError("too many wait for zones already; try again later"),
        absl::Seconds(5));
  }
  ++taken_;
  ++per_tenant_[tenant];
  return absl::OkStatus();
}

void PropagationSeats::GiveBack(model::TenantKey tenant) {
  --taken_;
  const auto of_tenant = per_tenant_.find(tenant);
  if (--of_tenant->second == 0) per_tenant_.erase(of_tenant);
}

}  // namespace skyden::kds
