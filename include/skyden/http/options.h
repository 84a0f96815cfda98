// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "skyden/base/limits.h"
#include "skyden/http/handler.h"

namespace skyden::http {

struct TlsFiles {
  std::string certificate_file;  // PEM chain
  std::string key_file;
};

struct ServerOptions {
  std::string name = "http";                   // in logs
  std::string address = {};                    // "127.0.0.1:0"; port 0 picks one
  std::optional<TlsFiles> tls = std::nullopt;  // reloaded when the files change
  // Sizes are bounded by base/limits.h; so are these, but tests make them short.
  size_t connections_max = base::limits::kHttpConnections;
  size_t connections_per_address_max = base::limits::kConnectionsPerAddress;
  base::limits::Rate arrivals = base::limits::kArrivals;  // of one address; see net::Arrivals
  size_t handshakes_max = base::limits::kHandshakes;
  size_t handshakes_per_address_max = base::limits::kHandshakesPerAddress;
  absl::Duration request_time = base::limits::kRequestTime;  // first byte to last
  absl::Duration answer_time = base::limits::kAnswerTime;    // the handler's
  absl::Duration send_stall = base::limits::kHttpSendStall;
  absl::Duration idle_time = base::limits::kHttpIdleTime;
  Bodies bodies = Bodies::kWhole;
  // Bytes of bodies and of answers, over all connections, and of one share: bodies count for the
  // address too.
  size_t request_bytes_max = base::limits::kRequestBytesInFlight;
  size_t request_bytes_per_share_max = base::limits::kRequestBytesPerShare;
  size_t answer_bytes_max = base::limits::kAnswerBytesInFlight;
  size_t answer_bytes_per_share_max = base::limits::kAnswerBytesPerShare;
  Refusal refusal = nullptr;  // without one: the status as plain text
};

}  // namespace skyden::http
