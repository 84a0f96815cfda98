// SPDX-License-Identifier: Apache-2.0
#include "tests/insights/readings.h"

namespace skyden::insights::testing {

store::ControlPlaneRecord& Fleets::ControlPlane(const std::string& name) {
  One& one = all_[name];
  one.record.name = name;
  one.record.id = model::ControlPlaneId("id-of-" + name);
  return one.record;
}

ZoneRow& Fleets::Zone(const std::string& control_plane, const std::string& name,
                      ZoneStatus status) {
  ControlPlane(control_plane);
  ZoneRow& row = all_[control_plane].zones[name];
  row.name = name;
  row.status = status;
  row.since = kNow - absl::Hours(2);
  return row;
}

Fleet::Reading Fleets::Reading(absl::Time at) const {
  auto records = std::make_shared<std::vector<store::ControlPlaneRecord>>();
  for (const auto& [name, one] : all_) records->push_back(one.record);
  Fleet::Reading reading{records, {}, at};
  size_t i = 0;
  for (const auto& [name, one] : all_) {
    auto zones = std::make_shared<TenantZones>();
    for (const auto& [zone_name, row] : one.zones) {
      zones->zones.push_back(row);
      zones->counts.Add(row.status);
      zones->proxies.Add(row.proxies);
      if (!row.version.empty()) ++zones->versions[row.version];
    }
    reading.members.push_back({&(*records)[i++], std::move(zones), i});
  }
  return reading;
}

}  // namespace skyden::insights::testing
