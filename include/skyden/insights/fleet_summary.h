// SPDX-License-Identifier: Apache-2.0
// What a reading of the fleet comes to: sums, what needs attention, and the worst control planes.
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "skyden/insights/fleet.h"
#include "skyden/insights/zone_row.h"

namespace skyden::insights {

// How much something needs somebody, the most first.
enum class Severity : uint8_t { kBad, kWarning, kInfo, kOk };
std::string_view SeverityName(Severity severity);  // "bad"
Severity SeverityOf(const ZoneCounts& counts);

struct Totals {
  uint64_t control_planes = 0;
  uint64_t suspended = 0;
  ZoneCounts zones;
  ProxyTally proxies;
  std::map<std::string, uint64_t> versions;
};

// One thing that happened, whatever number of zones it concerns: those that got into the same
// trouble within a minute, for the same reason, in the same network.
struct Cause {
  enum class Kind : uint8_t {
    kZonesRefused,
    kZonesOffline,
    kZonesBehind,
    kTokensEnd,
    kOldVersions,
    kSuspended,
  } kind = Kind::kZonesOffline;
  std::string id;  // the same as long as it is the same cause
  Severity severity = Severity::kInfo;
  uint64_t count = 0;      // zones that it still concerns; control planes of kSuspended
  uint64_t recovered = 0;  // zones that came back
  std::optional<absl::Time> since;
  std::optional<absl::Time> ended;  // when the last one came back; told for kTroubleTold
  std::optional<absl::Time> until;  // kSuspended: ends by itself. kTokensEnd: the first of them
  std::string reason;
  std::string advice;
  std::string network;
  std::string version;  // kOldVersions: the oldest
  std::string newest;   // kOldVersions: that any zone runs
  // The first few of them.
  std::vector<const store::ControlPlaneRecord*> control_planes;
  uint64_t control_plane_count = 0;
  std::vector<std::string> zones;
};
std::string_view CauseKindName(Cause::Kind kind);  // "zones_refused"

struct FleetSummary {
  Totals totals;
  std::vector<Cause> causes;  // the worst first, limits::kFleetCauses at most
  uint64_t causes_left_off = 0;
  std::vector<Fleet::Member> worst;  // the worst first
  uint64_t control_planes_left_off = 0;
};
// `top`: how many control planes.
FleetSummary Summarize(const Fleet::Reading& reading, size_t top);

std::vector<Cause> CausesOf(const Fleet::Reading& reading);

// Which of two versions of Kuma is the older one, by its numbers.
bool IsOlderVersion(std::string_view a, std::string_view b);

// A change that is on its way for less than this is no trouble, only a change.
inline constexpr absl::Duration kBehindTolerated = absl::Seconds(10);
inline constexpr absl::Duration kTokenEndsSoon = absl::Hours(24 * 14);

}  // namespace skyden::insights
