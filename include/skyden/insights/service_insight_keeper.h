// SPDX-License-Identifier: Apache-2.0
// Keeps each mesh's ServiceInsight: the one insight that a Kuma global computes and sends to zones.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "skyden/base/executor.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/store.h"

namespace skyden::insights {

// Thread-safe. Wakes only when dataplanes, their insights, external services or meshes changed;
// then recomputes that control plane's insights once per `settle`, and writes those that differ.
// As in Kuma, a mesh that never had a service has none. The dependencies must outlive it.
class ServiceInsightKeeper {
 public:
  struct Deps {
    store::Store& store;
    const model::TypeRegistry& registry;
    resources::ResourceViews& views;
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
    absl::Duration settle = absl::Seconds(1);
  };
  explicit ServiceInsightKeeper(Deps deps);
  ~ServiceInsightKeeper();  // waits for a computation that runs

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::unique_ptr<store::Subscription> subscription_;
};

}  // namespace skyden::insights
