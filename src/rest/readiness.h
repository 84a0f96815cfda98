// SPDX-License-Identifier: Apache-2.0
// How far a control plane of Kuma 2 is from being one of Kuma 3: what is in the way, who runs what,
// and which proxies would be configured otherwise.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/preview/effects.h"
#include "skyden/resources/foresight.h"
#include "skyden/rest/deps.h"
#include "skyden/upgrade/survey.h"

namespace skyden::rest {

struct Readiness {
  struct Zone {
    std::string name;
    std::string version;  // empty: it never told
  };
  resources::Foresight foresight;  // of no change, or of what the upgrade would write
  upgrade::Survey survey;
  std::vector<Zone> zones;                         // by name
  std::map<std::string, uint64_t> proxy_versions;  // of kuma-dp, "unknown" too
  // Before: by the rules of Kuma 2. After: by those of Kuma 3.
  preview::Effects effects;

  bool complete() const { return survey.stopped.empty() && effects.stopped.empty(); }
  // Nothing is in the way, as far as was looked.
  bool ready() const { return complete() && survey.blocking == 0; }
};

// What is read by the rules of Kuma 3: what is there, or what the upgrade would write.
enum class ReadAs { kItStands, kUpgraded };

// For as long as preview::limits say. In the way of a control plane that is one of Kuma 3 already
// there is nothing. Blocks on the disk and takes long: not for the threads that answer short
// questions.
absl::StatusOr<Readiness> ReadinessOf(const Deps& deps, const model::TenantScope& scope, ReadAs as);

}  // namespace skyden::rest
