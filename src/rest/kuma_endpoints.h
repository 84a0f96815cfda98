// SPDX-License-Identifier: Apache-2.0
// The groups of Kuma's endpoints. Each adds its routes; the actions use `deps` and what hangs on it
// for as long as the routes live.
#pragma once

#include "rest/kuma_routes.h"
#include "rest/watch_hub.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Index, /config, /policies, /_resources, /who-am-i.
void AddSystemEndpoints(const Deps& deps, KumaRoutes& routes);
// Get, list, put and delete of every type; /_kri.
void AddResourceEndpoints(const Deps& deps, KumaRoutes& routes);
// The types that are shown with their insights: /_overview and the older "+insights".
void AddOverviewEndpoints(const Deps& deps, KumaRoutes& routes);
// /global-insight(s), /mesh-insights, /service-insights.
void AddInsightEndpoints(const Deps& deps, KumaRoutes& routes);
// /tokens/{dataplane,zone,user}.
void AddTokenEndpoints(const Deps& deps, KumaRoutes& routes);
// Which policies apply where, and what they say together.
void AddInspectEndpoints(const Deps& deps, KumaRoutes& routes);
// Questions to proxies through their zones: xds, stats, clusters.
void AddProxyEndpoints(const Deps& deps, KumaRoutes& routes);
// /events: what changes, as it does.
void AddEventEndpoint(const Deps& deps, WatchHub& watches, KumaRoutes& routes);

}  // namespace skyden::rest
