// SPDX-License-Identifier: Apache-2.0
// The port on which other daemons of the same database ask this one. It listens before the database
// is opened, since whoever opens it beside others says where it is asked.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace skyden::peers {

// How daemons of one database know each other. Without files nothing but loopback is spoken to.
struct TlsFiles {
  std::string certificate_file = {};  // PEM chain, of server and client at once
  std::string key_file = {};
  std::string ca_file = {};  // whose certificates the others show

  bool given() const { return !certificate_file.empty(); }
};

struct PortOptions {
  std::string address;              // "127.0.0.1:0"; port 0 picks one
  std::string public_address = {};  // what others dial, host:port; empty: what was bound
  TlsFiles tls = {};
};

// Thread-safe. Calls are refused (UNAVAILABLE) until Peers are made with it.
class Port {
 public:
  // UNAVAILABLE when the address cannot be bound; INVALID_ARGUMENT for unreadable TLS files, and
  // without any for an address that is not loopback.
  static absl::StatusOr<std::unique_ptr<Port>> Listen(PortOptions options);
  ~Port();

  std::string address() const;  // what was bound
  const std::string& public_address() const;

  class Impl;
  Impl& impl() { return *impl_; }

 private:
  explicit Port(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace skyden::peers
