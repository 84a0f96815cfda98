// SPDX-License-Identifier: Apache-2.0
// How far changes have come to the zones of all daemons.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "peers/asking.h"
#include "peers/merge.h"
#include "skyden/kds/deliveries.h"
#include "skyden/kds/propagation_seats.h"

namespace skyden::peers {

// Thread-safe. A wait goes in rounds: all are asked how their zones stand, then each is waited for
// that has some which may still come; what ends a wait is always what all said together.
class DeliveriesEverywhere final : public kds::Deliveries,
                                   public std::enable_shared_from_this<DeliveriesEverywhere> {
 public:
  DeliveriesEverywhere(const Asking& asking, kds::Deliveries& own) : asking_(asking), own_(own) {}

  absl::StatusOr<kds::Propagation> Read(const model::TenantScope& scope,
                                        const kds::PropagationQuery& query) const override;
  void Await(const model::TenantScope& scope, kds::PropagationQuery query, absl::Duration at_most,
             Done done) override ABSL_LOCKS_EXCLUDED(mu_);
  void OfZone(const model::TenantScope& scope, std::string zone_name,
              absl::AnyInvocable<void(absl::StatusOr<kds::ZoneDelivery>)> done) const override;

  // UNAVAILABLE to all that wait, and to who comes later.
  void EndWaits() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  class Wait;

  // `others`: as they were asked; said_by counts from this daemon on.
  absl::StatusOr<Merged> ReadAll(const model::TenantScope& scope,
                                 const kds::PropagationQuery& query,
                                 const std::vector<Other>& others) const;
  // Whether one that did not answer has zones of the control plane.
  absl::Status Excuse(const model::TenantScope& scope, const Other& silent,
                      const absl::Status& why) const;
  void Over(const std::shared_ptr<Wait>& wait) ABSL_LOCKS_EXCLUDED(mu_);

  const Asking& asking_;
  kds::Deliveries& own_;
  absl::Mutex mu_;
  kds::PropagationSeats seats_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_set<std::shared_ptr<Wait>> waits_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::peers
