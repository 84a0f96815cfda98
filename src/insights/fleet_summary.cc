// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/fleet_summary.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include "skyden/base/limits.h"

namespace skyden::insights {
namespace {

// What makes one control plane worse than another.
std::tuple<uint64_t, uint64_t, uint64_t> WoeOf(const ZoneCounts& counts) {
  return {counts.of(ZoneStatus::kRefused) + counts.of(ZoneStatus::kOffline),
          counts.of(ZoneStatus::kBehind), counts.of(ZoneStatus::kSuspended)};
}

bool IsWorse(const Fleet::Member& a, const Fleet::Member& b) {
  const auto woe_of_a = WoeOf(a.zones->counts);
  const auto woe_of_b = WoeOf(b.zones->counts);
  if (woe_of_a != woe_of_b) return woe_of_a > woe_of_b;
  return std::tie(a.control_plane->name, a.control_plane->id) <
         std::tie(b.control_plane->name, b.control_plane->id);
}

Totals TotalsOf(const Fleet::Reading& reading) {
  Totals totals;
  totals.control_planes = reading.members.size();
  for (const Fleet::Member& member : reading.members) {
    if (member.control_plane->SuspendedAt(reading.at)) ++totals.suspended;
    totals.zones.Add(member.zones->counts);
    totals.proxies.Add(member.zones->proxies);
    for (const auto& [version, count] : member.zones->versions) totals.versions[version] += count;
  }
  return totals;
}

}  // namespace

std::string_view SeverityName(Severity severity) {
  static constexpr std::array<std::string_view, 4> kNames = {"bad", "warning", "info", "ok"};
  return kNames[static_cast<size_t>(severity)];
}

Severity SeverityOf(const ZoneCounts& counts) {
  const auto [bad, behind, suspended] = WoeOf(counts);
  if (bad > 0) return Severity::kBad;
  if (behind > 0) return Severity::kWarning;
  return suspended > 0 ? Severity::kInfo : Severity::kOk;
}

std::string_view CauseKindName(Cause::Kind kind) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "zones_refused", "zones_offline", "zones_behind", "tokens_end", "old_versions", "suspended"};
  return kNames[static_cast<size_t>(kind)];
}

bool IsOlderVersion(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    const auto number = [](std::string_view& text) {
      uint32_t value = 0;
      const auto end = std::from_chars(text.data(), text.data() + text.size(), value).ptr;
      text.remove_prefix(static_cast<size_t>(end - text.data()));
      if (!text.empty()) text.remove_prefix(1);
      return value;
    };
    const uint32_t of_a = number(a);
    const uint32_t of_b = number(b);
    if (of_a != of_b) return of_a < of_b;
  }
  return a.empty() && !b.empty();
}

FleetSummary Summarize(const Fleet::Reading& reading, size_t top) {
  FleetSummary summary;
  summary.totals = TotalsOf(reading);
  summary.causes = CausesOf(reading);
  if (summary.causes.size() > base::limits::kFleetCauses) {
    summary.causes_left_off = summary.causes.size() - base::limits::kFleetCauses;
    summary.causes.resize(base::limits::kFleetCauses);
  }
  summary.worst = reading.members;
  const size_t shown = std::min(top, summary.worst.size());
  std::partial_sort(summary.worst.begin(),
                    summary.worst.begin() + static_cast<std::ptrdiff_t>(shown), summary.worst.end(),
                    IsWorse);
  summary.control_planes_left_off = summary.worst.size() - shown;
  summary.worst.resize(shown);
  return summary;
}

}  // namespace skyden::insights
