// SPDX-License-Identifier: Apache-2.0
// Zones in trouble are sorted by kind, reason, network and time; a cause is a run of them that
// began within a minute. Reasons that name a zone differ by that name alone: where there is advice,
// it says which of them are the same.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/limits.h"
#include "skyden/insights/fleet_summary.h"

namespace skyden::insights {
namespace {

constexpr absl::Duration kAtOnce = absl::Minutes(1);
// Kuma's zones may be two minor versions behind.
constexpr int kMinorsSupported = 2;

using Record = store::ControlPlaneRecord;

struct Trouble {
  Cause::Kind kind;
  std::string_view reason_class;
  std::string network;
  absl::Time since;
  const Record* control_plane;
  const ZoneRow* zone;
  const PastTrouble* past;  // null: it lasts

  auto Key() const { return std::tie(kind, reason_class, network); }
  auto Order() const { return std::tie(kind, reason_class, network, since); }
};

std::optional<Cause::Kind> KindOf(ZoneStatus status) {
  switch (status) {
    case ZoneStatus::kRefused:
      return Cause::Kind::kZonesRefused;
    case ZoneStatus::kOffline:
      return Cause::Kind::kZonesOffline;
    case ZoneStatus::kBehind:
      return Cause::Kind::kZonesBehind;
    default:
      return std::nullopt;
  }
}

std::string_view ClassOf(const std::string& reason, const std::string& advice) {
  return advice.empty() ? reason : advice;
}

void Collect(const Fleet::Member& member, absl::Time now, std::vector<Trouble>& troubles) {
  for (const ZoneRow& zone : member.zones->zones) {
    const auto kind = KindOf(zone.status);
    const bool passing = zone.status == ZoneStatus::kBehind && now < zone.since + kBehindTolerated;
    if (kind.has_value() && !passing) {
      troubles.push_back({*kind, ClassOf(zone.reason, zone.advice), NetworkOf(zone.peer),
                          zone.since, member.control_plane, &zone, nullptr});
    }
    if (!zone.past.has_value() || now >= zone.past->until + kTroubleTold) continue;
    if (const auto was = KindOf(zone.past->was)) {
      troubles.push_back({*was, ClassOf(zone.past->reason, zone.past->advice), NetworkOf(zone.peer),
                          zone.past->since, member.control_plane, &zone, &*zone.past});
    }
  }
}

// Counts control planes and names the first few.
class Named {
 public:
  explicit Named(Cause& cause) : cause_(cause) {}
  void Add(const Record* control_plane, const std::string& zone_name) {
    if (seen_.insert(control_plane).second) {
      ++cause_.control_plane_count;
      if (cause_.control_planes.size() < base::limits::kFleetNamed) {
        cause_.control_planes.push_back(control_plane);
      }
    }
    if (!zone_name.empty() && cause_.zones.size() < base::limits::kFleetNamed) {
      cause_.zones.push_back(zone_name);
    }
  }

 private:
  Cause& cause_;
  std::set<const Record*> seen_;
};

// The same after a restart: people put it aside by this.
std::string IdOf(Cause::Kind kind, std::string_view what, absl::Time since) {
  const auto digest = base::Sha256(what);
  const std::string_view first(reinterpret_cast<const char*>(digest.data()), 6);
  return fmt::format("{}-{}-{}", CauseKindName(kind), base::HexLower(first),
                     absl::ToUnixSeconds(since));
}

Cause CauseOf(const Trouble* begin, const Trouble* end) {
  Cause cause;
  cause.kind = begin->kind;
  cause.since = begin->since;
  cause.network = begin->network;
  cause.severity = begin->kind == Cause::Kind::kZonesBehind ? Severity::kWarning : Severity::kBad;
  Named named(cause);
  for (const Trouble* one = begin; one != end; ++one) {
    if (one->past != nullptr) {
      ++cause.recovered;
      cause.ended = std::max(cause.ended.value_or(one->past->until), one->past->until);
    } else {
      ++cause.count;
    }
    const std::string& reason = one->past != nullptr ? one->past->reason : one->zone->reason;
    if (cause.reason.empty()) cause.reason = reason;
    if (cause.advice.empty() && one->past == nullptr) cause.advice = one->zone->advice;
    named.Add(one->control_plane, one->zone->name);
  }
  if (cause.count > 0) {
    cause.ended.reset();
  } else {
    cause.severity = Severity::kInfo;
  }
  cause.id = IdOf(cause.kind, std::string(begin->reason_class) + begin->network, begin->since);
  return cause;
}

void AddTroubles(const Fleet::Reading& reading, std::vector<Cause>& causes) {
  std::vector<Trouble> troubles;
  for (const Fleet::Member& member : reading.members) Collect(member, reading.at, troubles);
  std::stable_sort(troubles.begin(), troubles.end(),
                   [](const Trouble& a, const Trouble& b) { return a.Order() < b.Order(); });
  const Trouble* const end = troubles.data() + troubles.size();
  for (const Trouble* begin = troubles.data(); begin != end;) {
    const Trouble* next = begin;
    while (next != end && next->Key() == begin->Key() && next->since < begin->since + kAtOnce) {
      ++next;
    }
    causes.push_back(CauseOf(begin, next));
    begin = next;
  }
}

void AddTokens(const Fleet::Reading& reading, std::vector<Cause>& causes) {
  std::vector<std::tuple<absl::Time, const Record*, const ZoneRow*>> ending;
  for (const Fleet::Member& member : reading.members) {
    for (const ZoneRow& zone : member.zones->zones) {
      if (zone.token.has_value() && zone.token->ends_at < reading.at + kTokenEndsSoon) {
        ending.emplace_back(zone.token->ends_at, member.control_plane, &zone);
      }
    }
  }
  if (ending.empty()) return;
  std::stable_sort(ending.begin(), ending.end(),
                   [](const auto& a, const auto& b) { return std::get<0>(a) < std::get<0>(b); });
  Cause cause;
  cause.kind = Cause::Kind::kTokensEnd;
  cause.severity = Severity::kWarning;
  cause.count = ending.size();
  cause.until = std::get<0>(ending.front());
  cause.advice = "Provision the zone a new token before its own ends.";
  Named named(cause);
  for (const auto& [ends_at, control_plane, zone] : ending) named.Add(control_plane, zone->name);
  cause.id = IdOf(cause.kind, "", *cause.until);
  causes.push_back(std::move(cause));
}

// "2.14.3" -> 214; 0 for what says nothing, a build by hand for one.
int MinorOf(std::string_view version) {
  const size_t dot = version.find('.');
  if (dot == std::string_view::npos) return 0;
  int major = 0;
  int minor = 0;
  const char* const end = version.data() + version.size();
  if (std::from_chars(version.data(), end, major).ec != std::errc()) return 0;
  if (std::from_chars(version.data() + dot + 1, end, minor).ec != std::errc()) return 0;
  return major * 100 + minor;
}

void AddVersions(const Fleet::Reading& reading, std::vector<Cause>& causes) {
  std::string_view newest;
  for (const Fleet::Member& member : reading.members) {
    for (const auto& [version, count] : member.zones->versions) {
      if (MinorOf(version) > 0 && IsOlderVersion(newest, version)) newest = version;
    }
  }
  Cause cause;
  cause.kind = Cause::Kind::kOldVersions;
  cause.severity = Severity::kWarning;
  Named named(cause);
  for (const Fleet::Member& member : reading.members) {
    for (const ZoneRow& zone : member.zones->zones) {
      const int minor = MinorOf(zone.version);
      // Across major versions nobody can say how many there are in between.
      const bool same_major = minor / 100 == MinorOf(newest) / 100;
      if (minor == 0 || !same_major || minor + kMinorsSupported >= MinorOf(newest)) continue;
      ++cause.count;
      if (cause.version.empty() || IsOlderVersion(zone.version, cause.version)) {
        cause.version = zone.version;
      }
      named.Add(member.control_plane, zone.name);
    }
  }
  if (cause.count == 0) return;
  cause.newest = newest;
  cause.advice = "Upgrade these zones: Kuma supports zones of the two minor versions before.";
  cause.id = IdOf(cause.kind, cause.version + cause.newest, absl::UnixEpoch());
  causes.push_back(std::move(cause));
}

void AddSuspended(const Fleet::Reading& reading, std::vector<Cause>& causes) {
  std::map<std::string, std::vector<const Record*>> by_reason;
  for (const Fleet::Member& member : reading.members) {
    if (!member.control_plane->SuspendedAt(reading.at)) continue;
    by_reason[member.control_plane->suspension->reason].push_back(member.control_plane);
  }
  for (const auto& [reason, control_planes] : by_reason) {
    Cause cause;
    cause.kind = Cause::Kind::kSuspended;
    cause.count = control_planes.size();
    cause.reason = reason;
    Named named(cause);
    for (const Record* control_plane : control_planes) {
      const store::Suspension& suspension = *control_plane->suspension;
      cause.since = std::min(cause.since.value_or(suspension.at), suspension.at);
      if (suspension.until.has_value()) {
        cause.until = std::min(cause.until.value_or(*suspension.until), *suspension.until);
      }
      named.Add(control_plane, "");
    }
    cause.id = IdOf(cause.kind, reason, *cause.since);
    causes.push_back(std::move(cause));
  }
}

}  // namespace

std::vector<Cause> CausesOf(const Fleet::Reading& reading) {
  std::vector<Cause> causes;
  AddTroubles(reading, causes);
  AddTokens(reading, causes);
  AddVersions(reading, causes);
  AddSuspended(reading, causes);
  std::stable_sort(causes.begin(), causes.end(), [](const Cause& a, const Cause& b) {
    if (a.severity != b.severity) return a.severity < b.severity;
    return a.count + a.recovered > b.count + b.recovered;
  });
  return causes;
}

}  // namespace skyden::insights
