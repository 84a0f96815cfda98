// SPDX-License-Identifier: Apache-2.0
// The admin gRPC port: skyden.admin.v1, with reflection and grpc.health.v1. This header names no
// gRPC type.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/admin/call_times.h"
#include "skyden/admin/deps.h"
#include "skyden/base/limits.h"

namespace skyden::rpc {
class Server;
}

namespace skyden::admin {

struct AdminOptions {
  std::string address;  // "127.0.0.1:0"; port 0 picks one
  // PEM files, reloaded when they change; empty for plaintext.
  std::string certificate_file;
  std::string key_file;
  // Authorities of clients' certificates; with it, clients without one are turned away.
  std::string client_ca_file;
  // Where zones reach the KDS port ("grpcs://host:port"), for the texts of Zones.Provision.
  std::string kds_public_address;
  size_t connections_max = base::limits::kAdminConnections;
  base::limits::Rate arrivals = base::limits::kArrivals;  // of one address; see net::Arrivals
};

// Thread-safe.
class AdminServer {
 public:
  // UNAVAILABLE when the address cannot be bound; INVALID_ARGUMENT for unreadable TLS files.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(Deps deps, AdminOptions options);
  virtual ~AdminServer() = default;  // drains

  virtual std::string address() const = 0;  // what was bound
  virtual const CallTimes& call_times() const = 0;
  virtual const rpc::Server& port() const = 0;  // until Drain
  // Takes no new calls, lets the running ones end for `at_most`, then ends them. Blocks.
  virtual void Drain(absl::Duration at_most) = 0;
};

}  // namespace skyden::admin
