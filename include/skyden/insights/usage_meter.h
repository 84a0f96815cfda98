// SPDX-License-Identifier: Apache-2.0
// Counts what control planes use, for store/metering.h: how long zones and their dataplanes are
// online, and what is written.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits_usage.h"
#include "skyden/insights/figures.h"
#include "skyden/insights/zone_sources.h"
#include "skyden/model/type_registry.h"
#include "skyden/store/metering.h"
#include "skyden/store/store.h"

namespace skyden::insights {

// Of zones that are connected to this daemon, and of what was written through its store: of several
// daemons each adds its own. A control plane whose zones and proxies stay as they are costs a row
// for each hour, and one without zones nothing.
//
// A zone counts from when it is connected until it is gone; a dataplane while it is online and its
// zone is connected. A change is looked at once its control plane had `settle` to settle, and
// counts from when it was heard of; of several in that time the last counts from the first.
//
// What was counted is added to the database every `every`, at the end of each hour, and when this
// ends. Until it could be added it is kept (limits::kMeteredHours).
//
// Thread-safe. The dependencies must outlive it.
class UsageMeter {
 public:
  struct Deps {
    store::Store& store;
    store::Metering& metering;  // of that store
    const model::TypeRegistry& registry;
    Figures& figures;
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
    ZoneSources zones{};
    absl::Duration settle = absl::Seconds(10);
    absl::Duration every = base::limits::kMeteredEvery;
  };
  // Whoever serves zones is there by now.
  explicit UsageMeter(Deps deps);
  // Adds what is left. Blocks.
  ~UsageMeter();

  // Zones and dataplanes count until now; what becomes of them is not looked at any more, and
  // `zones` is not asked. What is written still counts.
  void Rest();
  // Adds what was counted so far. Blocks.
  absl::Status Flush();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace skyden::insights
