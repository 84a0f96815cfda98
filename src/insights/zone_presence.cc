// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/zone_presence.h"

#include <algorithm>

#include "insights/subscriptions.h"
#include "kuma/mesh/v1alpha1/insights.pb.h"
#include "kuma/system/v1alpha1/zone_insight.pb.h"

namespace skyden::insights {
namespace {

namespace mesh_proto = kuma::mesh::v1alpha1;

void SetTime(absl::Time time, google::protobuf::Timestamp& to) {
  const absl::Duration since_epoch = time - absl::UnixEpoch();
  const absl::Duration seconds = absl::Floor(since_epoch, absl::Seconds(1));
  to.set_seconds(absl::ToInt64Seconds(seconds));
  to.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(since_epoch - seconds)));
}

// `spec` with its open subscriptions closed at `at`; never before they began.
template <class Insight>
std::string Closed(const std::string& spec, absl::Time at) {
  Insight insight;
  if (!insight.ParseFromString(spec) || !IsOnline(insight)) return spec;
  for (auto& subscription : *insight.mutable_subscriptions()) {
    if (!subscription.has_connect_time() || subscription.has_disconnect_time()) continue;
    SetTime(std::max(at, TimeOf(subscription.connect_time())),
            *subscription.mutable_disconnect_time());
  }
  return insight.SerializeAsString();
}

}  // namespace

std::optional<absl::Time> ZonePresence::GoneSince(const std::string& zone_name) const {
  if (zone_name.empty()) return std::nullopt;
  const auto zone = zones_.find(zone_name);
  return zone == zones_.end() ? absl::InfinitePast() : zone->second;
}

model::Resource ZonePresence::Shown(const model::TypeDescriptor& type,
                                    const model::Resource& insight) const {
  model::Resource shown = insight;
  const std::optional<absl::Time> gone = GoneSince(insight.zone);
  if (!gone) return shown;
  const absl::Time at = *gone == absl::InfinitePast() ? insight.modification_time : *gone;
  if (type.name == "DataplaneInsight") {
    shown.spec = Closed<mesh_proto::DataplaneInsight>(insight.spec, at);
  } else if (type.name == "ZoneIngressInsight") {
    shown.spec = Closed<mesh_proto::ZoneIngressInsight>(insight.spec, at);
  } else if (type.name == "ZoneEgressInsight") {
    shown.spec = Closed<mesh_proto::ZoneEgressInsight>(insight.spec, at);
  }
  return shown;
}

model::Resource WithGenerations(const model::Resource& zone_insight, absl::Time now) {
  // None in the first moments, as in Kuma.
  constexpr absl::Duration kGeneration = absl::Seconds(25);
  model::Resource shown = zone_insight;
  kuma::system::v1alpha1::ZoneInsight insight;
  if (!insight.ParseFromString(zone_insight.spec)) return shown;
  for (auto& subscription : *insight.mutable_subscriptions()) {
    const absl::Time end =
        subscription.has_disconnect_time() ? TimeOf(subscription.disconnect_time()) : now;
    const absl::Duration lasted = end - TimeOf(subscription.connect_time());
    subscription.set_generation(
        static_cast<uint32_t>(std::clamp<int64_t>(lasted / kGeneration, 0, 1'000'000'000)));
  }
  shown.spec = insight.SerializeAsString();
  return shown;
}

}  // namespace skyden::insights
