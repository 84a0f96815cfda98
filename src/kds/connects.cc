// SPDX-License-Identifier: Apache-2.0
#include "kds/connects.h"

#include <algorithm>
#include <utility>

#include "kuma/system/v1alpha1/zone_insight.pb.h"
#include "skyden/base/limits.h"

namespace skyden::kds {
namespace {

namespace limits = base::limits;

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace

std::vector<ZoneConnect> ConnectsIn(const model::Resource& zone_insight) {
  std::vector<ZoneConnect> all;
  kuma::system::v1alpha1::ZoneInsight insight;
  if (!insight.ParseFromString(zone_insight.spec)) return all;
  for (const auto& subscription : insight.subscriptions()) {
    if (!subscription.has_connect_time()) continue;
    ZoneConnect& one = all.emplace_back();
    one.begin = TimeOf(subscription.connect_time());
    if (subscription.has_disconnect_time()) one.end = TimeOf(subscription.disconnect_time());
    one.instance_id = subscription.zone_instance_id();
    one.version = subscription.version().kumacp().version();
  }
  return all;
}

void ConnectLog::Began(model::TenantKey tenant, const std::string& zone, ZoneConnect connect) {
  absl::MutexLock lock(&mu_);
  auto& connects = tenants_[tenant][zone];
  const size_t kept =
      size_ < limits::kAllZoneConnects ? limits::kZoneConnects : limits::kZoneSubscriptions;
  connects.push_back(std::move(connect));
  ++size_;
  for (; connects.size() > kept; --size_) connects.pop_front();
}

void ConnectLog::Ended(model::TenantKey tenant, const std::string& zone, absl::Time begin,
                       absl::Time end) {
  absl::MutexLock lock(&mu_);
  const auto zones = tenants_.find(tenant);
  if (zones == tenants_.end()) return;
  const auto connects = zones->second.find(zone);
  if (connects == zones->second.end()) return;
  for (ZoneConnect& one : connects->second) {
    if (one.begin <= begin && !one.end.has_value()) one.end = end;
  }
}

void ConnectLog::Forget(model::TenantKey tenant) {
  absl::MutexLock lock(&mu_);
  const auto zones = tenants_.find(tenant);
  if (zones == tenants_.end()) return;
  for (const auto& [zone, connects] : zones->second) size_ -= connects.size();
  tenants_.erase(zones);
}

std::vector<ZoneConnect> ConnectLog::Of(model::TenantKey tenant, const std::string& zone,
                                        std::vector<ZoneConnect> stored) const {
  std::vector<ZoneConnect> all = std::move(stored);
  {
    absl::MutexLock lock(&mu_);
    const auto zones = tenants_.find(tenant);
    if (zones != tenants_.end()) {
      const auto connects = zones->second.find(zone);
      if (connects != zones->second.end() && !connects->second.empty()) {
        const absl::Time first = connects->second.front().begin;
        std::erase_if(all, [first](const ZoneConnect& one) { return one.begin >= first; });
        all.insert(all.end(), connects->second.begin(), connects->second.end());
      }
    }
  }
  std::reverse(all.begin(), all.end());
  if (all.size() > limits::kZoneConnects) all.resize(limits::kZoneConnects);
  return all;
}

}  // namespace skyden::kds
