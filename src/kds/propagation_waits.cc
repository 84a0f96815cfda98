// SPDX-License-Identifier: Apache-2.0
// Of all zones that keep somebody waiting one is looked at: as long as that one does, nothing else
// has to be. When it has arrived all are looked at once more, for another one. So thousands of
// answers of zones cost as many looks at one zone each, and few at all of them.
#include "kds/propagation_waits.h"

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

#include "skyden/base/limits.h"
#include "skyden/base/retry_after.h"
#include "skyden/model/lanes.h"

namespace skyden::kds {

namespace limits = base::limits;

// Everything but the news is on its strand.
class PropagationWaits::Wait final : public std::enable_shared_from_this<Wait> {
 public:
  Wait(const Deps& deps, const model::TenantScope& scope, PropagationQuery query,
       Deliveries::Done done, std::function<void()> on_over)
      : deps_(deps),
        scope_(scope),
        query_(std::move(query)),
        done_(std::move(done)),
        on_over_(std::move(on_over)),
        strand_(deps.workers, model::LaneOf(scope.tenant())) {}

  void Start(absl::Duration at_most) {
    Post([at_most](Wait& wait) {
      if (wait.done_ == nullptr) return;
      // News first: what changes from here on is not missed.
      wait.news_ = wait.deps_.subscribe(wait.scope_.tenant(), [weak = wait.weak_from_this()] {
        if (const auto self = weak.lock()) self->OnNews();
      });
      wait.timer_ =
          wait.deps_.timers.After(at_most, wait.deps_.workers, [weak = wait.weak_from_this()] {
            if (const auto self = weak.lock()) self->Post([](Wait& late) { late.TimeIsUp(); });
          });
      wait.Look();
    });
  }

  void End(absl::Status why) {
    Post([why = std::move(why)](Wait& wait) { wait.Finish(why); });
  }

 private:
  void Post(absl::AnyInvocable<void(Wait&)> task) {
    strand_.Post([self = shared_from_this(), task = std::move(task)]() mutable { task(*self); });
  }

  void OnNews() {
    if (is_posted_.exchange(true)) return;
    Post([](Wait& wait) {
      wait.is_posted_ = false;
      wait.Look();
    });
  }

  void Look() {
    if (done_ == nullptr) return;
    if (!held_by_.empty() && deps_.holds_back(scope_, held_by_, *query_.revision)) return;
    auto now = deps_.read(scope_, query_);
    if (!now.ok() || is_late_ || now->outcome != Propagation::Outcome::kWaiting) {
      return Finish(std::move(now));
    }
    query_.revision = now->revision;
    const auto holds = std::find_if(now->zones.begin(), now->zones.end(), [](const auto& zone) {
      return zone.counts &&
             (zone.standing == Standing::kBehind || zone.standing == Standing::kOffline ||
              zone.standing == Standing::kNever);
    });
    held_by_ = holds == now->zones.end() ? std::string() : holds->zone_name;
  }

  void TimeIsUp() {
    is_late_ = true;
    held_by_.clear();
    Look();
  }

  void Finish(absl::StatusOr<Propagation> result) {
    if (done_ == nullptr) return;
    news_.reset();
    if (timer_ != 0) deps_.timers.Cancel(timer_);
    std::exchange(done_, nullptr)(std::move(result));
    std::exchange(on_over_, nullptr)();
  }

  const Deps& deps_;  // of the waits, which on_over_ keeps
  const model::TenantScope scope_;
  PropagationQuery query_;
  Deliveries::Done done_;  // null: it is over
  std::function<void()> on_over_;
  base::Strand strand_;
  std::atomic<bool> is_posted_{false};
  std::shared_ptr<void> news_;
  base::Timers::Id timer_ = 0;
  std::string held_by_;  // a zone that is behind; empty: all have to be looked at
  bool is_late_ = false;
};

void PropagationWaits::Begin(const model::TenantScope& scope, PropagationQuery query,
                             absl::Duration at_most, Deliveries::Done done) {
  query.seen_since = std::min(query.seen_since, deps_.clock.Now());
  const model::TenantKey tenant = scope.tenant();
  absl::Status refused;
  std::shared_ptr<Wait> wait;
  {
    absl::MutexLock lock(&mu_);
    refused = seats_.Take(tenant);
    if (refused.ok()) {
      const uint64_t number = next_++;
      wait = std::make_shared<Wait>(
          deps_, scope, std::move(query), std::move(done),
          [self = shared_from_this(), number, tenant] { self->Remove(number, tenant); });
      waits_.emplace(number, wait);
    }
  }
  if (!refused.ok()) return done(refused);
  wait->Start(at_most);
}

void PropagationWaits::Remove(uint64_t number, model::TenantKey tenant) {
  std::shared_ptr<Wait> removed;  // not destroyed under the lock
  absl::MutexLock lock(&mu_);
  const auto found = waits_.find(number);
  if (found == waits_.end()) return;
  removed = std::move(found->second);
  waits_.erase(found);
  seats_.GiveBack(tenant);
}

void PropagationWaits::EndAll() {
  std::vector<std::shared_ptr<Wait>> all;
  {
    absl::MutexLock lock(&mu_);
    seats_.Close();
    for (const auto& [number, wait] : waits_) all.push_back(wait);
  }
  for (const auto& wait : all) wait->End(absl::UnavailableError("the daemon stops"));
}

}  // namespace skyden::kds
