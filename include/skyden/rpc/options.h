// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "skyden/base/limits.h"

namespace skyden::rpc {

struct TlsOptions {
  std::string certificate_file;  // PEM chain; read again when the files change
  std::string key_file;
  std::string client_ca_file = {};  // clients must show a certificate of one of these
};

struct ServerOptions {
  std::string name = {};     // in logs and metrics: "kds", "admin"
  std::string address = {};  // "127.0.0.1:0"; port 0 picks one
  std::optional<TlsOptions> tls = std::nullopt;
  size_t connections_max = base::limits::kRpcConnections;
  size_t connections_per_address_max = base::limits::kConnectionsPerAddress;
  // TLS handshakes in progress, in all and of an address.
  size_t handshakes_max = base::limits::kHandshakes;
  size_t handshakes_per_address_max = base::limits::kHandshakesPerAddress;
  base::limits::Rate arrivals = base::limits::kArrivals;  // of one address; see net::Arrivals
  size_t calls_per_connection_max = base::limits::kRpcCallsPerConnection;
  size_t message_bytes_max = 0;  // of one message from a client, as sent
  // From a connection to its first call, and from then to Trust(); ended then.
  absl::Duration first_call_time = base::limits::kRpcFirstCall;
  absl::Duration trust_time = absl::InfiniteDuration();
  absl::Duration idle_time = absl::InfiniteDuration();  // without calls, once there were some
  absl::Duration silence = absl::InfiniteDuration();    // nothing came, nothing waiting was taken
  absl::Duration handshake_time = base::limits::kRpcHandshake;
  absl::Duration ping_time = base::limits::kRpcPing;  // nothing came: ask for a sign of life
};

}  // namespace skyden::rpc
