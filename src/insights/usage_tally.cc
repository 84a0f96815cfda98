// SPDX-License-Identifier: Apache-2.0
#include "insights/usage_tally.h"

#include <algorithm>
#include <utility>

namespace skyden::insights {
namespace {

uint64_t WholeSeconds(absl::Duration duration, absl::Duration& rest) {
  return static_cast<uint64_t>(absl::IDivDuration(duration, absl::Seconds(1), &rest));
}

}  // namespace

void UsageTally::Change(const Moment& now, absl::Duration steady, const Online& online) {
  const absl::Duration from = std::clamp(steady, std::min(counted_, now.steady), now.steady);
  Count(now, from);
  online_ = online;
  counted_ = from;
}

void UsageTally::Count(const Moment& now, absl::Duration until) {
  if (online_ != Online{}) {
    absl::Time from = now.wall - (now.steady - counted_);
    const absl::Time to = now.wall - (now.steady - until);
    while (from < to) {
      const store::Hour hour = store::HourOf(from);
      const absl::Time end = std::min(to, store::BeginOf(hour + 1));
      Used& used = hours_[hour];
      used.zones += (end - from) * static_cast<int64_t>(online_.zones);
      used.dataplanes += (end - from) * static_cast<int64_t>(online_.dataplanes);
      from = end;
    }
  }
  counted_ = std::max(counted_, until);
}

void UsageTally::AddWritten(store::Hour hour, uint64_t writes, uint64_t bytes) {
  Used& used = hours_[hour];
  used.writes += writes;
  used.bytes += bytes;
}

std::vector<store::MeteredHour> UsageTally::Take(model::TenantKey tenant) {
  std::vector<store::MeteredHour> taken;
  for (const auto& [hour, used] : std::exchange(hours_, {})) {
    store::Metered whole{.writes = used.writes, .bytes = used.bytes};
    whole.zone_seconds = WholeSeconds(used.zones + rest_of_zones_, rest_of_zones_);
    whole.dataplane_seconds =
        WholeSeconds(used.dataplanes + rest_of_dataplanes_, rest_of_dataplanes_);
    if (!whole.empty()) taken.push_back({tenant, hour, whole});
  }
  return taken;
}

void UsageTally::PutBack(const store::MeteredHour& hour) {
  Used& used = hours_[hour.hour];
  used.zones += absl::Seconds(static_cast<int64_t>(hour.used.zone_seconds));
  used.dataplanes += absl::Seconds(static_cast<int64_t>(hour.used.dataplane_seconds));
  used.writes += hour.used.writes;
  used.bytes += hour.used.bytes;
}

}  // namespace skyden::insights
