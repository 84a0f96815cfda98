// SPDX-License-Identifier: Apache-2.0
// Keeps each mesh's ServiceInsight: the one insight that a Kuma global computes and sends to zones.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/insights/figures.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/store.h"

namespace skyden::insights {

// Thread-safe. Wakes only when something changed that services follow from; then brings that
// control plane's insights up to date once per `settle`, and writes those that differ. As in Kuma,
// a mesh that never had a service has none. The dependencies must outlive it.
class ServiceInsightKeeper {
 public:
  struct Deps {
    store::Store& store;
    const model::TypeRegistry& registry;
    resources::ResourceViews& views;
    Figures& figures;
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
    // After a change of dataplanes, their insights, external services or meshes.
    absl::Duration settle = absl::Seconds(1);
    // After a zone came or went; long enough for all to come back when it was the daemon that went.
    absl::Duration settle_zones = absl::Seconds(10);
  };
  explicit ServiceInsightKeeper(Deps deps);
  ~ServiceInsightKeeper();  // waits for a computation that runs

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<store::Subscription> subscription_;
};

}  // namespace skyden::insights
