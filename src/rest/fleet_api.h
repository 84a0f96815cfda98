// SPDX-License-Identifier: Apache-2.0
// What is asked across the control planes of an organization.
#pragma once

#include "rest/caller_routes.h"
#include "rest/fleet_watches.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Immutable once made, thread-safe.
class FleetApi {
 public:
  // `watches` outlives it.
  FleetApi(const Deps& deps, FleetWatches& watches);

  // Patterns are relative to "/v3": "/zones".
  const CallerRoutes& routes() const { return routes_; }

 private:
  void Zones(CallPtr call) const;
  void Summary(CallPtr call) const;
  void Events(CallPtr call) const;
  void SearchAll(CallPtr call) const;
  void Expiring(CallPtr call) const;
  void Usage(CallPtr call) const;

  const Deps& deps_;
  FleetWatches& watches_;
  CallerRoutes routes_;
};

}  // namespace skyden::rest
