// SPDX-License-Identifier: Apache-2.0
// What whoever serves zones knows of them, as it is given to those who count.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "skyden/insights/zone_row.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::insights {

// A zone that is connected to this daemon.
struct LiveZone {
  std::string name;
  std::string peer;
  std::string instance_id;
  std::string version;
  absl::Time since;
  ZoneToken token;
  model::Revision confirmed = 0;
  std::optional<absl::Time> behind_since{};
  std::vector<std::string> behind_types{};
};

// A zone that was turned away with a credential of its control plane, as it last tried.
struct RefusedZone {
  std::string name;
  std::string peer;
  std::string reason;
  std::string advice;
  absl::Time since;  // for this reason
  absl::Time at;     // the last time
};

// Nothing is known while a function is null. Thread-safe, brief.
struct ZoneSources {
  std::function<std::vector<LiveZone>(const model::TenantScope&)> connected;
  std::function<std::vector<RefusedZone>(const model::TenantScope&)> refused;
  // `changed` is called when one of these may be otherwise, as long as what is returned lives.
  using Changed = std::function<void(model::OrganizationKey, model::TenantKey)>;
  std::function<std::shared_ptr<void>(Changed changed)> subscribe;
};

}  // namespace skyden::insights
