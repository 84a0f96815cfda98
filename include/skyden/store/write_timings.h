// SPDX-License-Identifier: Apache-2.0
// How writing goes, for metrics. Of all control planes together.
#pragma once

#include "skyden/telemetry/cells.h"

namespace skyden::store {

// Thread-safe.
struct WriteTimings {
  telemetry::Gauge waiting;                              // requests that nobody has begun
  telemetry::Histogram wait{telemetry::kWorkSeconds};    // of each, until it was begun
  telemetry::Histogram commit{telemetry::kWorkSeconds};  // until what was written is on disk
  telemetry::Histogram together{telemetry::kTogether};   // requests that one commit kept
};

class Store;
// Of a store that an engine opened, for as long as it lives.
const WriteTimings& WriteTimingsOf(const Store& store);

}  // namespace skyden::store
