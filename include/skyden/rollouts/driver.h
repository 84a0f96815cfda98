// SPDX-License-Identifier: Apache-2.0
// Takes rollouts from wave to wave.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/kds/connected_zones.h"
#include "skyden/kds/deliveries.h"
#include "skyden/kds/zone_gateway.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/resource_views.h"
#include "skyden/resources/rollouts.h"
#include "skyden/store/store.h"

namespace skyden::rollouts {

struct DriverDeps {  // all must outlive the driver
  store::Store& store;
  const model::TypeRegistry& registry;
  resources::ResourceViews& views;
  resources::Rollouts& rollouts;
  kds::Deliveries& deliveries;
  kds::ConnectedZones& connected;
  kds::ZoneVerdicts& verdicts;
  kds::ZoneGateway& gateway;
  base::Clock& clock;
  base::Executor& workers;
  base::Timers& timers;
  absl::Duration settle = absl::Milliseconds(50);  // news of a control plane's zones are gathered
};

// Looks for rollouts that run when it is made, and hears of those that begin. A wave is released;
// once its zones have it, and the hold time is over, and the gate lets it through, so is the next
// one. What a zone refuses, or the gate holds up, is taken back everywhere; what cannot be decided
// pauses it. All that it knows is in the rollouts' rows, and each step is one transaction that
// looks whether it is still due: it may end, and begin again, at any place.
//
// It sees the zones that `deliveries` and `gateway` see. Thread-safe. Nothing of it runs, or is
// called, once the destructor returns; that blocks.
class Driver {
 public:
  explicit Driver(DriverDeps deps);
  ~Driver();

 private:
  class State;
  const std::shared_ptr<State> state_;
};

}  // namespace skyden::rollouts
