// SPDX-License-Identifier: Apache-2.0
// What machines ask a daemon: is it alive, is it ready, how does it do.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "skyden/http/server.h"
#include "skyden/telemetry/metrics.h"

namespace skyden::rest {

struct DiagnosticsDeps {
  // Not OK: why the daemon should be restarted, or not be sent requests. Must not block.
  std::function<absl::Status()> healthy;
  std::function<absl::Status()> ready;
  const telemetry::Metrics& metrics;  // outlives the handler
};

// GET /healthy, /ready (200 or 503) and /metrics (Prometheus text).
http::Handler DiagnosticsHandler(DiagnosticsDeps deps);

}  // namespace skyden::rest
