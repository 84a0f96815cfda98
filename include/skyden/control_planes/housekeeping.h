// SPDX-License-Identifier: Apache-2.0
// Takes away what is kept for a while: what people wrote once it is old, deleted control planes
// that nobody wanted back, and whatever another module keeps of an organization.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/model/ids.h"
#include "skyden/store/store.h"

namespace skyden::control_planes {

struct HousekeepingDeps {
  store::Store& store;
  base::Clock& clock;
  absl::Duration history_retention;  // 0: for ever
  absl::Duration deleted_retention;  // 0: those that are there are no longer kept
  // The same for what others keep; nullptr: nothing.
  std::function<absl::Status(model::OrganizationKey)> others = nullptr;
};

// Once, for every organization, in small transactions that do not hold others up. Blocks.
absl::Status KeepHouse(const HousekeepingDeps& deps);

// Does it when it is made, and every hour. Thread-safe. Ends with the object; a run under way goes
// on to its end on `workers`.
class Housekeeping {
 public:
  Housekeeping(HousekeepingDeps deps, base::Timers& timers, base::Executor& workers);
  ~Housekeeping();

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace skyden::control_planes
