// SPDX-License-Identifier: Apache-2.0
// Readings of a fleet, written down.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "skyden/insights/fleet.h"

namespace skyden::insights::testing {

class Fleets {
 public:
  static inline const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

  // A zone of the control plane of that name, to be described; good until the next one is made.
  ZoneRow& Zone(const std::string& control_plane, const std::string& name, ZoneStatus status);
  // The control plane of that name, to be described.
  store::ControlPlaneRecord& ControlPlane(const std::string& name);

  Fleet::Reading Reading(absl::Time at = kNow) const;

 private:
  struct One {
    store::ControlPlaneRecord record;
    std::map<std::string, ZoneRow> zones;
  };
  std::map<std::string, One> all_;
};

}  // namespace skyden::insights::testing
