// SPDX-License-Identifier: Apache-2.0
// How far zones are said to be, where there are none. For the edges that show it.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/kds/deliveries.h"

namespace skyden::kds::testing {

// Thread-safe. Says the same of every control plane. Who waits is answered by Set, or at once when
// what is said is not kWaiting.
class FakeDeliveries final : public Deliveries {
 public:
  void Set(absl::StatusOr<Propagation> told) ABSL_LOCKS_EXCLUDED(mu_) {
    Done waiting;
    {
      absl::MutexLock lock(&mu_);
      told_ = told;
      waiting = std::exchange(waiting_, nullptr);
    }
    if (waiting != nullptr) waiting(std::move(told));
  }
  void SetZone(ZoneDelivery zone) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    zone_ = std::move(zone);
  }
  // What was asked last, and for how long (zero: not waiting).
  std::pair<PropagationQuery, absl::Duration> asked() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return {query_, wait_};
  }
  // Returns once somebody waits; false after 20 s.
  bool SomebodyWaits() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    const auto waits = +[](const FakeDeliveries* self)
                            ABSL_NO_THREAD_SAFETY_ANALYSIS { return self->waiting_ != nullptr; };
    return mu_.AwaitWithTimeout(absl::Condition(waits, this), absl::Seconds(20));
  }

  absl::StatusOr<Propagation> Read(const model::TenantScope&,
                                   const PropagationQuery& query) const override
      ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    query_ = query;
    wait_ = absl::ZeroDuration();
    return told_;
  }
  void Await(const model::TenantScope&, PropagationQuery query, absl::Duration at_most,
             Done done) override ABSL_LOCKS_EXCLUDED(mu_) {
    absl::StatusOr<Propagation> told;
    {
      absl::MutexLock lock(&mu_);
      query_ = std::move(query);
      wait_ = at_most;
      if (told_.ok() && told_->outcome == Propagation::Outcome::kWaiting) {
        waiting_ = std::move(done);
        return;
      }
      told = told_;
    }
    done(std::move(told));
  }
  void OfZone(const model::TenantScope&, std::string zone_name,
              absl::AnyInvocable<void(absl::StatusOr<ZoneDelivery>)> done) const override
      ABSL_LOCKS_EXCLUDED(mu_) {
    absl::StatusOr<ZoneDelivery> told = absl::NotFoundError("no such zone");
    {
      absl::MutexLock lock(&mu_);
      if (zone_.has_value() && zone_->standing.zone_name == zone_name) told = *zone_;
    }
    done(std::move(told));
  }

 private:
  mutable absl::Mutex mu_;
  absl::StatusOr<Propagation> told_ ABSL_GUARDED_BY(mu_) = Propagation();
  std::optional<ZoneDelivery> zone_ ABSL_GUARDED_BY(mu_);
  mutable PropagationQuery query_ ABSL_GUARDED_BY(mu_);
  mutable absl::Duration wait_ ABSL_GUARDED_BY(mu_);
  Done waiting_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::kds::testing
