// SPDX-License-Identifier: Apache-2.0
#include "rollouts/arrival.h"

#include <algorithm>

#include "fmt/format.h"

namespace skyden::rollouts {
namespace {

using kds::Standing;
using resources::Rollout;

bool Touches(const Rollout& rollout, model::TypeId type) {
  return std::any_of(rollout.items.begin(), rollout.items.end(),
                     [type](const auto& item) { return item.type->id == type; });
}

// How long it may take until a zone that refused something was asked what it was.
constexpr absl::Duration kPatience = absl::Seconds(5);

// What a verdict names is the rollout's when it came after what the rollout was made over. What a
// zone refuses without saying which is, when it came with the wave.
bool IsOurs(const Rollout& rollout, const kds::RefusalOfZone& one, absl::Time now) {
  if (one.key.name.empty()) {
    return Touches(rollout, one.type) && one.since >= rollout.released_at &&
           now - one.since >= kPatience;
  }
  const resources::RolloutItem* item = rollout.Find(one.type, one.key);
  return item != nullptr && one.revision > item->base;
}

std::string RefusalOf(const model::TypeRegistry& registry, const Rollout& rollout,
                      const kds::ZoneStanding& zone, absl::Time now) {
  for (const kds::RefusalOfZone& one : zone.refused) {
    if (!IsOurs(rollout, one, now)) continue;
    return fmt::format("zone \"{}\" refused {}{}{}: {}", zone.zone_name, registry.at(one.type).name,
                       one.key.name.empty() ? "" : " ", one.key.name, one.reason);
  }
  for (const kds::OpenTypeOfZone& open : zone.types) {
    if (!Touches(rollout, open.type) || open.stage != kds::Stage::kWithheld) continue;
    return fmt::format("zone \"{}\" cannot be sent {}: all of it is more than it takes",
                       zone.zone_name, registry.at(open.type).name);
  }
  return {};
}

bool HasIt(const Rollout& rollout, const kds::ZoneStanding& zone) {
  if (zone.standing == Standing::kOffline || zone.standing == Standing::kNever) {
    return rollout.plan.away == resources::RolloutPlan::Away::kSkipped;
  }
  if (zone.taken_until >= rollout.revision) return true;
  // What keeps it is of other types, and will: it has taken all that it was sent of these.
  return zone.standing != Standing::kBehind &&
         std::none_of(zone.types.begin(), zone.types.end(),
                      [&](const auto& open) { return Touches(rollout, open.type); });
}

}  // namespace

Arrival ArrivalOf(const model::TypeRegistry& registry, const Rollout& rollout,
                  const kds::Propagation& propagation, absl::Time now) {
  Arrival arrival;
  const std::vector<std::string>& last = rollout.plan.waves[rollout.wave - 1];
  for (const kds::ZoneStanding& zone : propagation.zones) {
    if (!rollout.IsReleasedTo(zone.zone_name)) continue;
    arrival.refusal = RefusalOf(registry, rollout, zone, now);
    if (!arrival.refusal.empty()) return arrival;
    // Zones that were deleted are not there, and not waited for.
    if (std::binary_search(last.begin(), last.end(), zone.zone_name) && !HasIt(rollout, zone)) {
      arrival.missing.push_back(zone.zone_name);
    }
  }
  return arrival;
}

}  // namespace skyden::rollouts
