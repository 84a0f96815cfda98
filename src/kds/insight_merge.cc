// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "kds/insight_writer.h"
#include "kuma/system/v1alpha1/zone_insight.pb.h"
#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

namespace system_pb = ::kuma::system::v1alpha1;

void Set(google::protobuf::Timestamp& out, absl::Time time) {
  const int64_t nanos = absl::ToUnixNanos(time);
  out.set_seconds(nanos / 1'000'000'000);
  out.set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
}

void Set(system_pb::KDSServiceStats& out, const Subscription::Counts& counts) {
  out.set_responses_sent(counts.sent);
  out.set_responses_acknowledged(counts.acknowledged);
  out.set_responses_rejected(counts.rejected);
}

void SetStatus(system_pb::KDSSubscriptionStatus& out, const Subscription& subscription,
               const model::TypeRegistry& registry) {
  Set(*out.mutable_last_update_time(), subscription.last_update_time);
  out.clear_stat();
  Subscription::Counts total;
  for (size_t i = 0; i < subscription.counts.size(); ++i) {
    const Subscription::Counts& counts = subscription.counts[i];
    if (counts.sent == 0 && counts.acknowledged == 0 && counts.rejected == 0) continue;
    total.sent += counts.sent;
    total.acknowledged += counts.acknowledged;
    total.rejected += counts.rejected;
    Set((*out.mutable_stat())[registry.all()[i].name], counts);
  }
  Set(*out.mutable_total(), total);
}

void Set(system_pb::KDSSubscription& out, const Subscription& subscription,
         const model::TypeRegistry& registry, const std::string& instance_id) {
  out.set_id(subscription.id);
  out.set_global_instance_id(instance_id);
  Set(*out.mutable_connect_time(), subscription.connect_time);
  if (subscription.disconnect_time.has_value()) {
    Set(*out.mutable_disconnect_time(), *subscription.disconnect_time);
  }
  SetStatus(*out.mutable_status(), subscription, registry);
  auto& version = *out.mutable_version()->mutable_kumacp();
  version.set_version(subscription.version);
  version.set_gittag(subscription.git_tag);
  version.set_gitcommit(subscription.git_commit);
  version.set_builddate(subscription.build_date);
  version.set_kumacpglobalcompatible(
      VersionIsCompatible(subscription.version, subscription.global));
  // It is told once; what is stored stays.
  if (!subscription.config.empty()) out.set_config(subscription.config);
  out.set_auth_token_provided(subscription.auth_token_provided);
  out.set_zone_instance_id(subscription.zone_instance_id);
}

bool CloseOpen(system_pb::ZoneInsight& insight, absl::Time now, const Instances& live = {}) {
  bool any = false;
  for (system_pb::KDSSubscription& subscription : *insight.mutable_subscriptions()) {
    if (live.contains(subscription.global_instance_id())) continue;
    if (!subscription.has_connect_time() || subscription.has_disconnect_time()) continue;
    Set(*subscription.mutable_disconnect_time(), now);
    any = true;
  }
  return any;
}

void Merge(system_pb::ZoneInsight& insight, const Subscription& subscription,
           const model::TypeRegistry& registry, const std::string& instance_id, absl::Time now) {
  auto& list = *insight.mutable_subscriptions();
  const auto found =
      std::find_if(list.begin(), list.end(),
                   [&](const system_pb::KDSSubscription& s) { return s.id() == subscription.id; });
  if (found != list.end()) return Set(*found, subscription, registry, instance_id);
  CloseOpen(insight, now);
  Set(*list.Add(), subscription, registry, instance_id);
}

void Trim(system_pb::ZoneInsight& insight) {
  auto& list = *insight.mutable_subscriptions();
  const int extra = list.size() - static_cast<int>(base::limits::kZoneSubscriptions);
  if (extra > 0) list.DeleteSubrange(0, extra);
  // Configurations are the bulk of an insight and only the newest is of use.
  for (int i = 0; i + 1 < list.size(); ++i) list[i].clear_config();
}

void SetStreams(system_pb::ZoneInsight& insight, const InsightUpdate& update,
                const std::string& instance_id) {
  const auto time_of = [&](StreamKind kind) { return update.streams[static_cast<size_t>(kind)]; };
  auto& streams = *insight.mutable_kds_streams();
  const auto set = [&](StreamKind kind, system_pb::KDSStream* (system_pb::KDSStreams::*field)()) {
    const auto time = time_of(kind);
    if (!time.has_value()) return;
    system_pb::KDSStream& stream = *(streams.*field)();
    stream.set_global_instance_id(instance_id);
    Set(*stream.mutable_connect_time(), *time);
  };
  set(StreamKind::kGlobalToZone, &system_pb::KDSStreams::mutable_global_to_zone);
  set(StreamKind::kZoneToGlobal, &system_pb::KDSStreams::mutable_zone_to_global);
  set(StreamKind::kConfigDump, &system_pb::KDSStreams::mutable_config_dump);
  set(StreamKind::kStats, &system_pb::KDSStreams::mutable_stats);
  set(StreamKind::kClusters, &system_pb::KDSStreams::mutable_clusters);
  auto& admin = *insight.mutable_envoy_admin_streams();
  if (time_of(StreamKind::kConfigDump)) admin.set_config_dump_global_instance_id(instance_id);
  if (time_of(StreamKind::kStats)) admin.set_stats_global_instance_id(instance_id);
  if (time_of(StreamKind::kClusters)) admin.set_clusters_global_instance_id(instance_id);
}

absl::StatusOr<system_pb::ZoneInsight> Parse(const std::string& spec) {
  system_pb::ZoneInsight insight;
  if (!insight.ParseFromString(spec)) return absl::DataLossError("a ZoneInsight does not decode");
  return insight;
}

}  // namespace

absl::StatusOr<std::string> MergeInsight(const std::string& spec, const InsightUpdate& update,
                                         const model::TypeRegistry& registry,
                                         const std::string& instance_id, absl::Time now) {
  auto insight = Parse(spec);
  if (!insight.ok()) return insight.status();
  for (const Subscription& subscription : update.subscriptions) {
    Merge(*insight, subscription, registry, instance_id, now);
  }
  Trim(*insight);
  SetStreams(*insight, update, instance_id);
  if (update.health_check.has_value()) {
    Set(*insight->mutable_health_check()->mutable_time(), *update.health_check);
  }
  return insight->SerializeAsString();
}

absl::StatusOr<std::string> CloseSubscriptions(const std::string& spec, absl::Time now,
                                               const Instances& live) {
  auto insight = Parse(spec);
  if (!insight.ok()) return insight.status();
  if (!CloseOpen(*insight, now, live)) return std::string();
  return insight->SerializeAsString();
}

bool IsFollowedElsewhere(const std::string& spec, const std::string& subscription) {
  const auto insight = Parse(spec);
  if (!insight.ok()) return false;  // it will be begun anew
  const auto& list = insight->subscriptions();
  const auto own = std::find_if(
      list.begin(), list.end(),
      [&](const system_pb::KDSSubscription& each) { return each.id() == subscription; });
  if (own == list.end()) return false;
  return std::any_of(own, list.end(), [&](const system_pb::KDSSubscription& each) {
    return each.global_instance_id() != own->global_instance_id();
  });
}

}  // namespace skyden::kds
