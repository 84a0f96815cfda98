// SPDX-License-Identifier: Apache-2.0
#include "peers/propagation_wait.h"

#include <algorithm>
#include <map>
#include <utility>

#include "peers/convert_delivery.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/status.h"
#include "skyden/model/lanes.h"

namespace skyden::peers {
namespace {

namespace limits = base::limits;

// Zones may come to another daemon than the one that is waited for.
constexpr absl::Duration kRound = absl::Seconds(5);
// Nobody can be waited for: it is looked so often.
constexpr absl::Duration kLook = absl::Seconds(1);

}  // namespace

DeliveriesEverywhere::Wait::Wait(Deps deps, const model::TenantScope& scope,
                                 kds::PropagationQuery query, absl::Duration at_most, Done done)
    : deps_(std::move(deps)),
      scope_(scope),
      query_(std::move(query)),
      until_(deps_.asking.clock.Monotonic() + at_most),
      done_(std::move(done)),
      strand_(deps_.asking.workers, model::LaneOf(scope.tenant())) {
  query_.seen_since = std::min(query_.seen_since, deps_.asking.clock.Now());
}

void DeliveriesEverywhere::Wait::Post(absl::AnyInvocable<void(Wait&)> task) {
  strand_.Post([self = shared_from_this(), task = std::move(task)]() mutable { task(*self); });
}

void DeliveriesEverywhere::Wait::Start() {
  Post([](Wait& wait) { wait.Round(); });
}

void DeliveriesEverywhere::Wait::End(absl::Status why) {
  Post([why = std::move(why)](Wait& wait) { wait.Finish(why); });
}

void DeliveriesEverywhere::Wait::Round() {
  if (done_ == nullptr) return;
  ++round_;
  const std::vector<Other> others = deps_.asking.others.Now();
  auto merged = deps_.read(scope_, query_, others);
  const absl::Duration left = until_ - deps_.asking.clock.Monotonic();
  if (!merged.ok()) {
    // Whoever does not answer may, or is given up.
    if (!absl::IsUnavailable(merged.status()) || left <= absl::ZeroDuration()) {
      return Finish(merged.status());
    }
    return RoundAfter(std::min(left, kLook));
  }
  query_.revision = merged->propagation.revision;
  if (merged->propagation.outcome != kds::Propagation::Outcome::kWaiting ||
      left <= absl::ZeroDuration()) {
    return Finish(std::move(merged->propagation));
  }
  AwaitThem(*merged, others, left);
}

void DeliveriesEverywhere::Wait::AwaitThem(const Merged& merged, const std::vector<Other>& others,
                                           absl::Duration left) {
  std::map<size_t, std::vector<std::string>> behind;
  bool somebody_is_away = false;
  for (size_t n = 0; n < merged.propagation.zones.size(); ++n) {
    const kds::ZoneStanding& zone = merged.propagation.zones[n];
    if (!zone.counts) continue;
    somebody_is_away |= !IsConnected(zone.standing);
    if (zone.standing == kds::Standing::kBehind) {
      behind[merged.said_by[n]].push_back(zone.zone_name);
    }
  }
  if (behind.empty()) return RoundAfter(std::min(left, kLook));
  const absl::Duration at_most = std::min(left, somebody_is_away ? kLook : kRound);
  awaited_ = behind.size();
  for (auto& [by, names] : behind) {
    kds::PropagationQuery query;
    query.revision = query_.revision;
    query.zones = kds::PropagationQuery::Zones::kNamed;
    query.names = std::move(names);
    if (by == 0) {
      AwaitHere(std::move(query), at_most);
    } else {
      AwaitAt(others[by - 1], query, at_most);
    }
  }
}

void DeliveriesEverywhere::Wait::AwaitHere(kds::PropagationQuery query, absl::Duration at_most) {
  deps_.own.Await(
      scope_, std::move(query), at_most,
      [self = shared_from_this(), round = round_](const absl::StatusOr<kds::Propagation>& read) {
        const Heard heard = read.ok() ? Heard::kYes : Heard::kNo;
        self->Post([round, heard](Wait& wait) { wait.Answered(round, heard); });
      });
}

void DeliveriesEverywhere::Wait::AwaitAt(const Other& other, const kds::PropagationQuery& query,
                                         absl::Duration at_most) {
  deps_.asking.callers.Ask(
      other, "ReadPropagation", ToMessage(scope_, query, at_most).SerializeAsString(),
      at_most + limits::kPeerSlack,
      [self = shared_from_this(), round = round_](const absl::StatusOr<std::string>& answer) {
        pb::ReadPropagationResponse response;
        const bool told =
            answer.ok() && response.ParseFromString(*answer) && !response.has_failure();
        const Heard heard = told ? Heard::kYes : Heard::kNo;
        self->Post([round, heard](Wait& wait) { wait.Answered(round, heard); });
      });
}

void DeliveriesEverywhere::Wait::RoundAfter(absl::Duration delay) {
  ++round_;
  deps_.asking.timers.After(delay, deps_.asking.workers, [self = shared_from_this()] {
    self->Post([](Wait& wait) { wait.Round(); });
  });
}

void DeliveriesEverywhere::Wait::Answered(size_t round, Heard heard) {
  if (round != round_ || done_ == nullptr) return;
  if (heard == Heard::kNo) return RoundAfter(kLook);
  if (--awaited_ == 0) Round();
}

void DeliveriesEverywhere::Wait::Finish(absl::StatusOr<kds::Propagation> result) {
  if (done_ == nullptr) return;
  std::exchange(done_, nullptr)(std::move(result));
  deps_.on_over(shared_from_this());
}

}  // namespace skyden::peers
