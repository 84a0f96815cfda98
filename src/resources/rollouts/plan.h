// SPDX-License-Identifier: Apache-2.0
// What is asked for, as zones and changes.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/status.h"
#include "skyden/resources/foresight.h"
#include "skyden/resources/rollouts.h"

namespace skyden::resources {

struct ZoneOfPlan {
  std::string name;
  bool is_enabled = true;
};

// `zones` by name. What is wrong is added to `wrong`.
std::vector<std::vector<std::string>> ChooseWaves(const std::vector<ZoneOfPlan>& zones,
                                                  const std::vector<RolloutWave>& wanted,
                                                  std::vector<base::FieldViolation>& wrong);

// The items that `changes` come to, of one mesh, whose name is `mesh`; likewise.
std::vector<RolloutItem> ChooseItems(const std::vector<ForeseenChange>& changes, std::string& mesh,
                                     std::vector<base::FieldViolation>& wrong);

}  // namespace skyden::resources
