// SPDX-License-Identifier: Apache-2.0
// Which zones are connected, and what that means for what was last heard of their proxies.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::insights {

// Of one control plane, at one point in time. Immutable.
class ZonePresence {
 public:
  // Zones that are known; nullopt: connected, else since when not.
  using Zones = std::map<std::string, std::optional<absl::Time>>;
  explicit ZonePresence(Zones zones = {}) : zones_(std::move(zones)) {}

  // Since when a zone is gone: nullopt while it is connected, and for "" (what was authored at the
  // control plane); InfinitePast when it never was connected.
  std::optional<absl::Time> GoneSince(const std::string& zone_name) const;

  // An insight of a proxy, as it should be shown. A zone that is gone cannot say that its proxies
  // went too; so what it last called open is shown as closed when it went.
  model::Resource Shown(const model::TypeDescriptor& type, const model::Resource& insight) const;

 private:
  Zones zones_;
};

// A ZoneInsight as it should be shown at `now`: `generation` of its subscriptions grows while they
// last. It is counted here, so that nobody has to write an insight for that alone, as Kuma does.
model::Resource WithGenerations(const model::Resource& zone_insight, absl::Time now);

}  // namespace skyden::insights
