// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/zone_generation.h"

#include "kuma/system/v1alpha1/zone_insight.pb.h"

namespace skyden::insights {

resources::Generation GenerationOfZone(const model::Resource& zone_insight) {
  kuma::system::v1alpha1::ZoneInsight insight;
  if (!insight.ParseFromString(zone_insight.spec) || insight.subscriptions().empty()) {
    return resources::Generation::kTwo;
  }
  const auto& newest = *insight.subscriptions().rbegin();
  return resources::GenerationOf(newest.version().kumacp().version());
}

}  // namespace skyden::insights
