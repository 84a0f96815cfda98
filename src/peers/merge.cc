// SPDX-License-Identifier: Apache-2.0
#include "peers/merge.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "skyden/kds/outcome.h"

namespace skyden::peers {
namespace {

using kds::Standing;
using kds::ZoneStanding;

// The higher, the more it is to be believed.
int WeightOf(Standing standing) {
  switch (standing) {
    case Standing::kBehind:
      return 5;
    case Standing::kRefused:
    case Standing::kWithheld:
      return 4;
    case Standing::kArrived:
      return 3;
    case Standing::kOffline:
      return 2;
    case Standing::kNever:
      break;
  }
  return 1;
}

struct Said {
  ZoneStanding zone;
  size_t by = 0;
};

void Add(Said& known, ZoneStanding zone, size_t by) {
  const bool counts = known.zone.counts || zone.counts;
  // Whoever went from several went with the last.
  const auto gone = std::max(known.zone.gone_since, zone.gone_since);
  if (WeightOf(zone.standing) > WeightOf(known.zone.standing)) known = {std::move(zone), by};
  known.zone.counts = counts;
  if (!IsConnected(known.zone.standing)) known.zone.gone_since = gone;
}

}  // namespace

Merged Merge(std::vector<kds::Propagation> told) {
  std::map<std::string, Said> zones;
  Merged merged;
  for (size_t by = 0; by < told.size(); ++by) {
    merged.propagation.revision = told[by].revision;
    merged.propagation.newest = std::max(merged.propagation.newest, told[by].newest);
    for (ZoneStanding& zone : told[by].zones) {
      const auto found = zones.find(zone.zone_name);
      if (found != zones.end()) {
        Add(found->second, std::move(zone), by);
      } else {
        std::string name = zone.zone_name;
        zones.emplace(std::move(name), Said{std::move(zone), by});
      }
    }
  }
  for (auto& [name, said] : zones) {
    merged.propagation.zones.push_back(std::move(said.zone));
    merged.said_by.push_back(said.by);
  }
  merged.propagation.outcome = kds::OutcomeOf(merged.propagation.zones);
  return merged;
}

}  // namespace skyden::peers
