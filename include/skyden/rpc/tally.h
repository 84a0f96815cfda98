// SPDX-License-Identifier: Apache-2.0
// What has happened on a port so far; for metrics.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "skyden/telemetry/cells.h"

namespace skyden::rpc {

// Thread-safe.
struct Tally {
  telemetry::Counter connections;  // taken, ever
  // Closed as soon as they came:
  telemetry::Counter refused_crowded;      // too many, in all or of the address
  telemetry::Counter refused_fast;         // too many of the address in a short time
  telemetry::Counter refused_handshakes;   // too many TLS handshakes at a time, likewise
  telemetry::Counter refused_descriptors;  // the process has no descriptor left
  telemetry::Counter handshakes_failed;    // ended before the connection was open
  telemetry::Counter calls;                // begun
  telemetry::Counter resets_by_client;     // of streams
  telemetry::Counter resets_by_server;
  telemetry::Counter received_bytes;  // of HTTP/2, inside TLS
  telemetry::Counter sent_bytes;

  // Connections ended for abuse, by kind.
  static constexpr std::array<std::string_view, 5> kOffences = {"calls", "frames", "headers",
                                                                "bytes", "other"};
  std::array<telemetry::Counter, kOffences.size()> offences;
  // `what`: as it is logged.
  telemetry::Counter& OffenceOf(std::string_view what);
};

}  // namespace skyden::rpc
