// SPDX-License-Identifier: Apache-2.0
// How long calls of the admin services take, by how they end; for metrics.
#pragma once

#include "absl/status/status.h"
#include "skyden/telemetry/cells.h"

namespace skyden::admin {

// Thread-safe. From when the handler has a call until its answer is given. Health and reflection
// are not among them.
struct CallTimes {
  telemetry::Histogram ok{telemetry::kWorkSeconds};
  telemetry::Histogram refused{telemetry::kWorkSeconds};  // the caller's doing
  telemetry::Histogram failed{telemetry::kWorkSeconds};   // ours

  void Note(absl::StatusCode code, absl::Duration took);
};

}  // namespace skyden::admin
