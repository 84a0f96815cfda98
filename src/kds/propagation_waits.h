// SPDX-License-Identifier: Apache-2.0
// Those who wait until zones have arrived at a revision.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/kds/deliveries.h"
#include "skyden/kds/propagation_seats.h"

namespace skyden::kds {

// Thread-safe. Costs nothing while nobody waits; who waits is woken by news.
class PropagationWaits final : public std::enable_shared_from_this<PropagationWaits> {
 public:
  struct Deps {
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
    std::function<absl::StatusOr<Propagation>(const model::TenantScope&, const PropagationQuery&)>
        read;
    // Whether the zone surely keeps somebody from the revision still. Brief.
    std::function<bool(const model::TenantScope&, const std::string& zone_name, model::Revision)>
        holds_back;
    // `changed` is called when one of these may be otherwise, as long as what is returned lives.
    std::function<std::shared_ptr<void>(model::TenantKey, std::function<void()> changed)> subscribe;
  };
  explicit PropagationWaits(Deps deps) : deps_(std::move(deps)) {}

  // See Deliveries::Await.
  void Begin(const model::TenantScope& scope, PropagationQuery query, absl::Duration at_most,
             Deliveries::Done done) ABSL_LOCKS_EXCLUDED(mu_);
  // UNAVAILABLE to all that wait, and to who comes later.
  void EndAll() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  class Wait;
  void Remove(uint64_t number, model::TenantKey tenant) ABSL_LOCKS_EXCLUDED(mu_);

  const Deps deps_;
  absl::Mutex mu_;
  absl::flat_hash_map<uint64_t, std::shared_ptr<Wait>> waits_ ABSL_GUARDED_BY(mu_);
  PropagationSeats seats_ ABSL_GUARDED_BY(mu_);
  uint64_t next_ ABSL_GUARDED_BY(mu_) = 1;
};

}  // namespace skyden::kds
