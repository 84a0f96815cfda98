// SPDX-License-Identifier: Apache-2.0
// How zones' sync and its port do; for metrics. Of all zones together.
#pragma once

#include "skyden/telemetry/cells.h"

namespace skyden::rpc {
class Server;
}

namespace skyden::kds {

class KdsServer;

// Thread-safe.
struct SyncTimes {
  // From the commit of a change (the oldest of those that were sent together, give or take the
  // debounce) until a zone has taken it. One for each zone and type. A zone's first state is none.
  telemetry::Histogram propagation{telemetry::kWaitSeconds};
  // From the arrival of a zone's own resources until they are answered: stored, the same as before,
  // or refused.
  telemetry::Histogram ingest{telemetry::kWaitSeconds};
};

// Of a server, for as long as it lives.
const SyncTimes& SyncTimesOf(const KdsServer& server);
// What it listens with, until it is drained.
const rpc::Server& PortOf(const KdsServer& server);

}  // namespace skyden::kds
