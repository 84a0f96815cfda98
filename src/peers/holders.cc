// SPDX-License-Identifier: Apache-2.0
#include "peers/holders.h"

#include <utility>

#include "kuma/system/v1alpha1/zone_insight.pb.h"
#include "skyden/base/status.h"

namespace skyden::peers {

std::string HolderIn(const std::string& insight_spec) {
  kuma::system::v1alpha1::ZoneInsight insight;
  if (!insight.ParseFromString(insight_spec) || insight.subscriptions().empty()) return {};
  const auto& newest = *insight.subscriptions().rbegin();
  return newest.has_disconnect_time() ? std::string() : newest.global_instance_id();
}

absl::StatusOr<std::string> Holders::Of(const model::TenantScope& scope,
                                        const std::string& zone) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto insight, views_.Find(scope, insight_, {"", zone}));
  return insight == nullptr ? std::string() : HolderIn(insight->spec);
}

absl::StatusOr<std::map<std::string, std::string>> Holders::All(
    const model::TenantScope& scope) const {
  SKYDEN_ASSIGN_OR_RETURN(const auto insights, views_.Get(scope, insight_));
  std::map<std::string, std::string> holders;
  for (const auto& chunk : insights->chunks()) {
    for (const auto& insight : *chunk) {
      std::string holder = HolderIn(insight->spec);
      if (!holder.empty()) holders.emplace(insight->key.name, std::move(holder));
    }
  }
  return holders;
}

}  // namespace skyden::peers
