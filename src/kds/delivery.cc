// SPDX-License-Identifier: Apache-2.0
// Of a type with nothing open the zone has all that is known. Whatever opens it notes up to where
// that was true; the lowest of these notes is how far the zone is.
#include "kds/delivery.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace skyden::kds {
namespace {

using Since = std::optional<absl::Duration>;

Since Older(const Since& a, const Since& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() ? a : b;
  return std::min(*a, *b);
}

template <class Stage>
Since SinceOf(const std::optional<Stage>& stage) {
  return stage.has_value() ? Since(stage->since) : std::nullopt;
}

template <class Stage>
model::Revision UntilOf(const std::optional<Stage>& stage) {
  return stage.has_value() ? stage->until : std::numeric_limits<model::Revision>::max();
}

}  // namespace

std::optional<absl::Duration> Delivery::Open::since() const {
  return Older(Older(SinceOf(whole), SinceOf(sent)), SinceOf(refused));
}

model::Revision Delivery::Open::until() const {
  return std::min({UntilOf(whole), UntilOf(waits), UntilOf(sent), UntilOf(refused)});
}

void Delivery::Settle(std::map<size_t, Open>::iterator open) {
  ++version_;
  behind_[open->first] = open->second.since().has_value();
  if (!behind_[open->first] && !open->second.waits.has_value()) open_.erase(open);
}

void Delivery::KnowsUntil(model::Revision until) {
  if (until <= known_) return;
  known_ = until;
  ++version_;
}

void Delivery::Begins(size_t type, absl::Duration now) {
  const auto open = open_.try_emplace(type).first;
  // What was on its way comes with the whole; it is no older for being asked for again.
  Open begun;
  begun.whole = Stage{*Older(open->second.since(), now), 0};
  open->second = begun;
  Settle(open);
}

void Delivery::Changed(size_t type, absl::Duration since, model::Revision first) {
  Open& open = open_.try_emplace(type).first->second;
  if (open.waits.has_value()) return;
  open.waits = Stage{since, first == 0 ? 0 : first - 1};
  ++version_;
}

void Delivery::NothingDue(size_t type) {
  const auto open = open_.find(type);
  if (open == open_.end()) return;
  open->second.waits.reset();
  Settle(open);
}

// A change may go along with an earlier answer, before its own notice comes: then nobody knows when
// it was committed, but it is newer than what is known.
void Delivery::Sends(size_t type, absl::Duration now) {
  const auto open = open_.try_emplace(type).first;
  const auto waited = std::exchange(open->second.waits, std::nullopt);
  open->second.sent = waited.value_or(Stage{now, known_});
  open->second.is_noticed = waited.has_value();
  open->second.is_refusing = false;
  Settle(open);
}

void Delivery::Took(size_t type, absl::Duration now) {
  const auto open = open_.find(type);
  if (open == open_.end()) return;
  const auto sent = std::exchange(open->second.sent, std::nullopt);
  // The rest of what it refused a part of, it may take.
  if (std::exchange(open->second.is_refusing, false)) return Settle(open);
  if (sent.has_value() && open->second.is_noticed && propagation_ != nullptr) {
    propagation_->Observe(now - sent->since);
  }
  open->second.whole.reset();
  open->second.refused.reset();
  Settle(open);
}

void Delivery::Refused(size_t type) {
  const auto open = open_.find(type);
  if (open == open_.end()) return;
  Open& refused = open->second;
  const auto since = refused.since();
  if (!since.has_value()) return;
  const auto waits = std::exchange(refused.waits, std::nullopt);
  refused.refused = Stage{*since, refused.until()};
  refused.waits = waits;
  refused.whole.reset();
  refused.sent.reset();
  refused.is_refusing = true;
  Settle(open);
}

std::optional<absl::Duration> Delivery::behind_since() const {
  Since oldest;
  for (const auto& [type, open] : open_) oldest = Older(oldest, open.since());
  return oldest;
}

model::Revision Delivery::until() const {
  model::Revision until = known_;
  for (const auto& [type, open] : open_) until = std::min(until, open.until());
  return until;
}

std::vector<OpenType> Delivery::open() const {
  std::vector<OpenType> all;
  all.reserve(open_.size());
  for (const auto& [type, open] : open_) {
    using State = OpenType::State;
    const bool is_sent = open.whole.has_value() || open.sent.has_value();
    const State state = is_sent                    ? State::kSent
                        : open.refused.has_value() ? State::kRefused
                                                   : State::kWaits;
    all.push_back({type, state, open.until(), open.since()});
  }
  return all;
}

}  // namespace skyden::kds
