// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/zone_row.h"

#include <arpa/inet.h>

#include <algorithm>

namespace skyden::insights {

std::string_view ZoneStatusName(ZoneStatus status) {
  static constexpr std::array<std::string_view, kZoneStatuses> kNames = {
      "refused", "offline", "behind", "suspended", "never", "online"};
  return kNames[static_cast<size_t>(status)];
}

uint64_t ZoneCounts::total() const {
  uint64_t sum = 0;
  for (const uint64_t count : by_status) sum += count;
  return sum;
}

void ZoneCounts::Add(const ZoneCounts& other) {
  for (size_t i = 0; i < by_status.size(); ++i) by_status[i] += other.by_status[i];
}

std::string NetworkOf(std::string_view peer) {
  const std::string text(peer);
  char shown[INET6_ADDRSTRLEN] = {};
  in_addr v4{};
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    v4.s_addr &= htonl(0xffff0000);
    return std::string(inet_ntop(AF_INET, &v4, shown, sizeof shown)) + "/16";
  }
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return {};
  std::fill(std::begin(v6.s6_addr) + 6, std::end(v6.s6_addr), uint8_t{0});
  return std::string(inet_ntop(AF_INET6, &v6, shown, sizeof shown)) + "/48";
}

const ZoneRow* TenantZones::Find(std::string_view zone_name) const {
  const auto found = std::partition_point(zones.begin(), zones.end(),
                                          [&](const ZoneRow& row) { return row.name < zone_name; });
  return found != zones.end() && found->name == zone_name ? &*found : nullptr;
}

}  // namespace skyden::insights
