// SPDX-License-Identifier: Apache-2.0
// Zones of many control planes as those who look after them want them: how each is, since when and
// why. Plain values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "skyden/model/ids.h"

namespace skyden::insights {

enum class ZoneStatus : uint8_t {  // the worst first
  kRefused,                        // turned away when it last tried to connect
  kOffline,                        // was connected
  kBehind,                         // is connected, and has not taken something that concerns it
  kSuspended,                      // its control plane is, so it has to stay away
  kNever,                          // is known, and never was connected
  kOnline,
};
inline constexpr size_t kZoneStatuses = 6;
std::string_view ZoneStatusName(ZoneStatus status);  // "refused"

struct ZoneCounts {
  std::array<uint64_t, kZoneStatuses> by_status{};

  uint64_t of(ZoneStatus status) const { return by_status[static_cast<size_t>(status)]; }
  uint64_t total() const;
  void Add(ZoneStatus status) { ++by_status[static_cast<size_t>(status)]; }
  void Add(const ZoneCounts& other);
  friend bool operator==(const ZoneCounts&, const ZoneCounts&) = default;
};

struct ProxyTally {
  uint64_t total = 0;
  uint64_t online = 0;  // all of them, or partly

  void Add(const ProxyTally& other) {
    total += other.total;
    online += other.online;
  }
  friend bool operator==(const ProxyTally&, const ProxyTally&) = default;
};

// What a zone signs in with.
struct ZoneToken {
  std::string id;  // empty: one that the control plane itself issued
  absl::Time ends_at = absl::InfiniteFuture();
  friend bool operator==(const ZoneToken&, const ZoneToken&) = default;
};

// What was the matter with a zone that is connected again.
struct PastTrouble {
  ZoneStatus was = ZoneStatus::kOffline;
  absl::Time since;
  absl::Time until;
  std::string reason;
  std::string advice;
  friend bool operator==(const PastTrouble&, const PastTrouble&) = default;
};

struct ZoneRow {
  std::string name;
  ZoneStatus status = ZoneStatus::kNever;
  absl::Time since;
  std::string reason;       // why it is not online, where there is more to say
  std::string advice;       // what to do about it
  std::string version;      // of Kuma; empty: it never said
  std::string peer;         // where it connects from, or tried to; empty: not since the start
  std::string instance_id;  // of the zone's control plane
  ProxyTally proxies;
  // Of connected zones: up to which revision it has taken all that concerns it; since when there is
  // something that it has not taken, and of which types.
  model::Revision confirmed = 0;
  std::optional<absl::Time> behind_since;
  std::vector<std::string> behind_types;
  std::optional<ZoneToken> token;   // nullopt: not known
  std::optional<PastTrouble> past;  // lately
  friend bool operator==(const ZoneRow&, const ZoneRow&) = default;
};

// A network that one cause may well be about: the /16 of an IPv4 address, the /48 of an IPv6 one.
// Empty for what is no address.
std::string NetworkOf(std::string_view peer);

// The zones of one control plane, and what they come to. Immutable.
struct TenantZones {
  std::vector<ZoneRow> zones;  // by name
  ZoneCounts counts;
  ProxyTally proxies;                        // of all zones, and of none
  std::map<std::string, uint64_t> versions;  // of Kuma: how many zones run it
  std::optional<absl::Time> last_change;     // by a person, as far as the audit reaches
  // When some of it may be otherwise without anybody doing anything.
  absl::Time good_until = absl::InfiniteFuture();

  const ZoneRow* Find(std::string_view zone_name) const;  // nullptr: there is none
  friend bool operator==(const TenantZones&, const TenantZones&) = default;
};
using TenantZonesRef = std::shared_ptr<const TenantZones>;

// How long a refusal says something of a zone that has not tried again, and how long what is over
// is still told.
inline constexpr absl::Duration kRefusalFresh = absl::Hours(1);
inline constexpr absl::Duration kTroubleTold = absl::Hours(1);

}  // namespace skyden::insights
