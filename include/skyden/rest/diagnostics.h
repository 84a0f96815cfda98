// SPDX-License-Identifier: Apache-2.0
// What machines ask a daemon: is it alive, is it ready, how does it do.
#pragma once

#include <functional>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "skyden/http/handler.h"
#include "skyden/telemetry/metrics.h"

namespace skyden::rest {

struct DiagnosticsDeps {
  using Verdict = absl::AnyInvocable<void(const absl::Status&)>;
  // Not OK: why the daemon should be restarted. Must not block.
  std::function<absl::Status()> healthy;
  // Not OK: why it should not be sent requests. Must not block, but may give its verdict later,
  // once, from any thread.
  std::function<void(Verdict)> ready;
  const telemetry::Metrics& metrics;  // outlives the handler
};

// GET /healthy, /ready (200 or 503) and /metrics (Prometheus text).
http::Handler DiagnosticsHandler(DiagnosticsDeps deps);

}  // namespace skyden::rest
