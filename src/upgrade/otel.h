// SPDX-License-Identifier: Apache-2.0
// OpenTelemetry endpoints inside policies become backends of their own.
#pragma once

#include "upgrade/turn.h"

namespace skyden::upgrade {

// Of MeshAccessLog, MeshMetric and MeshTrace, wherever backends stand in them.
void TurnOtelEndpoints(Turn& turn);

}  // namespace skyden::upgrade
