// SPDX-License-Identifier: Apache-2.0
// How far the released waves of a rollout are.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "skyden/kds/deliveries.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/rollouts.h"

namespace skyden::rollouts {

struct Arrival {
  std::string refusal;               // why it must be taken back; empty: nothing
  std::vector<std::string> missing;  // zones of the last wave that do not have it

  bool is_there() const { return refusal.empty() && missing.empty(); }
};

// `propagation`: of rollout.revision. What zones refused that is none of the rollout's is nothing.
Arrival ArrivalOf(const model::TypeRegistry& registry, const resources::Rollout& rollout,
                  const kds::Propagation& propagation, absl::Time now);

}  // namespace skyden::rollouts
