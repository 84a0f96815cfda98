// SPDX-License-Identifier: Apache-2.0
#include "kds/refusals.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "kds/advice.h"
#include "skyden/base/limits.h"
#include "skyden/net/address.h"
#include "skyden/telemetry/log.h"

namespace skyden::kds {
namespace {

constexpr absl::Duration kWindow = absl::Minutes(1);
constexpr absl::Duration kAnew = absl::Hours(1);
constexpr char kMany[] = "many addresses";

bool Newer(const RejectedConnection& a, const RejectedConnection& b) { return a.at > b.at; }

}  // namespace

void Refusals::Push(List& list, const RejectedConnection& one) {
  list.push_back(one);
  if (list.size() > base::limits::kRejectedConnections) list.pop_front();
}

// Of those that are too many the one goes that has been silent for longest.
void Refusals::PushZone(const RejectedConnection& one) {
  if (one.zone_name.empty()) return;
  Zones& zones = zones_[one.control_plane];
  auto found = zones.find(one.zone_name);
  if (found == zones.end()) {
    const bool full = zones.size() >= base::limits::kRefusedZones ||
                      (zone_count_ >= base::limits::kAllRefusedZones && !zones.empty());
    if (full) {
      zones.erase(std::min_element(zones.begin(), zones.end(), [](const auto& a, const auto& b) {
        return a.second.at < b.second.at;
      }));
      --zone_count_;
    } else if (zone_count_ >= base::limits::kAllRefusedZones) {
      return;
    }
    ++zone_count_;
    found = zones.emplace(one.zone_name, RefusedZone{}).first;
  }
  RefusedZone& zone = found->second;
  if (zone.reason != one.reason || one.at - zone.at >= kAnew) zone.since = one.at;
  zone.zone_name = one.zone_name;
  zone.peer_ip = one.peer_ip;
  zone.reason = one.reason;
  zone.advice = one.advice;
  zone.at = one.at;
}

std::vector<RefusedZone> Refusals::ZonesOf(const model::ControlPlaneId& control_plane) const {
  std::vector<RefusedZone> refused;
  absl::MutexLock lock(&mu_);
  const auto found = zones_.find(control_plane);
  if (found == zones_.end()) return refused;
  for (const auto& [name, zone] : found->second) refused.push_back(zone);
  return refused;
}

bool Refusals::Count(const RejectedConnection& one) {
  const std::string address = net::AddressKey(one.peer_ip);
  std::string key = address + ' ' + one.control_plane.str();
  const bool full = counted_.size() >= base::limits::kRefusingAddresses && !counted_.contains(key);
  if (full) key = one.control_plane.empty() ? kMany : "";
  Counted& counted = counted_[key];
  if (!std::exchange(armed_, true)) {
    deps_.timers.After(kWindow, deps_.workers, [weak = weak_from_this()] {
      if (auto self = weak.lock()) self->EndMinute();
    });
  }
  if (++counted.seen <= base::limits::kRefusalsPerMinute) return true;
  ++counted.untold;
  counted.address = full ? kMany : address;
  counted.last = one;
  return false;
}

void Refusals::Add(RejectedConnection one) {
  one.advice = AdviceOn(one.reason);
  const bool known = !one.control_plane.empty();
  bool told = false;
  {
    absl::MutexLock lock(&mu_);
    told = Count(one);
    if (known) {
      Push(known_, one);
      Push(by_control_plane_[one.control_plane], one);
      PushZone(one);
    } else if (told) {
      Push(strangers_, one);
    }
  }
  if (told) Tell(one);
}

void Refusals::Tell(const RejectedConnection& one) const {
  telemetry::Log(telemetry::Level::info, "zone turned away",
                 {{"peer", one.peer}, {"zone", one.zone_name}, {"reason", one.reason}});
  if (deps_.tell) deps_.tell(one);
}

void Refusals::EndMinute() {
  std::vector<RejectedConnection> summaries;
  {
    absl::MutexLock lock(&mu_);
    armed_ = false;
    for (const auto& [key, counted] : counted_) {
      if (counted.untold == 0) continue;
      RejectedConnection summary = counted.last;
      summary.peer = counted.address;
      summary.peer_ip = counted.address;
      summary.reason =
          fmt::format("{} more within a minute; the last: {}", counted.untold, counted.last.reason);
      if (summary.control_plane.empty()) Push(strangers_, summary);
      summaries.push_back(std::move(summary));
    }
    counted_.clear();
  }
  for (const RejectedConnection& summary : summaries) Tell(summary);
}

std::vector<RejectedConnection> Refusals::All() const {
  std::vector<RejectedConnection> all;
  absl::MutexLock lock(&mu_);
  std::merge(known_.rbegin(), known_.rend(), strangers_.rbegin(), strangers_.rend(),
             std::back_inserter(all), Newer);
  return all;
}

std::vector<RejectedConnection> Refusals::Of(const model::ControlPlaneId& control_plane) const {
  absl::MutexLock lock(&mu_);
  const auto found = by_control_plane_.find(control_plane);
  if (found == by_control_plane_.end()) return {};
  return {found->second.rbegin(), found->second.rend()};
}

}  // namespace skyden::kds
