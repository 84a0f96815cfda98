// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/zone_generation.h"

#include "kuma/system/v1alpha1/zone_insight.pb.h"

namespace skyden::insights {

std::string VersionOfZone(const model::Resource& zone_insight) {
  kuma::system::v1alpha1::ZoneInsight insight;
  if (!insight.ParseFromString(zone_insight.spec) || insight.subscriptions().empty()) return {};
  return insight.subscriptions().rbegin()->version().kumacp().version();
}

resources::Generation GenerationOfZone(const model::Resource& zone_insight) {
  return resources::GenerationOf(VersionOfZone(zone_insight));
}

}  // namespace skyden::insights
