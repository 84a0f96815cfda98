// SPDX-License-Identifier: Apache-2.0
#include "kds/delivery.h"

#include <algorithm>
#include <utility>

namespace skyden::kds {
namespace {

using Since = std::optional<absl::Duration>;

Since Older(const Since& a, const Since& b) {
  if (!a.has_value() || !b.has_value()) return a.has_value() ? a : b;
  return std::min(*a, *b);
}

}  // namespace

std::optional<absl::Duration> Delivery::Open::since() const {
  return Older(Older(whole_since, sent_since), refused_since);
}

void Delivery::Settle(std::map<size_t, Open>::iterator open) {
  behind_[open->first] = open->second.since().has_value();
  if (!behind_[open->first] && !open->second.waits_since.has_value()) open_.erase(open);
}

void Delivery::Begins(size_t type, absl::Duration now) {
  const auto open = open_.try_emplace(type).first;
  // What was on its way comes with the whole; it is no older for being asked for again.
  open->second = {.whole_since = Older(open->second.since(), now),
                  .waits_since = {},
                  .sent_since = {},
                  .is_noticed = false,
                  .refused_since = {}};
  Settle(open);
}

void Delivery::Changed(size_t type, absl::Duration since) {
  Open& open = open_.try_emplace(type).first->second;
  if (!open.waits_since.has_value()) open.waits_since = since;
}

void Delivery::NothingDue(size_t type) {
  const auto open = open_.find(type);
  if (open == open_.end()) return;
  open->second.waits_since.reset();
  Settle(open);
}

// A change may go along with an earlier answer, before its own notice comes: then nobody knows when
// it was committed.
void Delivery::Sends(size_t type, absl::Duration now) {
  const auto open = open_.try_emplace(type).first;
  const Since waited = std::exchange(open->second.waits_since, std::nullopt);
  open->second.sent_since = waited.value_or(now);
  open->second.is_noticed = waited.has_value();
  Settle(open);
}

void Delivery::Took(size_t type, absl::Duration now) {
  const auto open = open_.find(type);
  if (open == open_.end()) return;
  const Since sent = std::exchange(open->second.sent_since, std::nullopt);
  if (sent.has_value() && open->second.is_noticed && propagation_ != nullptr) {
    propagation_->Observe(now - *sent);
  }
  open->second.whole_since.reset();
  open->second.refused_since.reset();
  Settle(open);
}

void Delivery::Refused(size_t type) {
  const auto open = open_.find(type);
  if (open == open_.end()) return;
  open->second.refused_since = open->second.since();
  open->second.whole_since.reset();
  open->second.sent_since.reset();
  Settle(open);
}

std::optional<absl::Duration> Delivery::behind_since() const {
  Since oldest;
  for (const auto& [type, open] : open_) oldest = Older(oldest, open.since());
  return oldest;
}

}  // namespace skyden::kds
