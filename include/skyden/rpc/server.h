// SPDX-License-Identifier: Apache-2.0
// A gRPC server for strangers: connections, TLS and HTTP/2 (nghttp2) with limits before work, and
// gRPC's framing on top. It knows no services; one acceptor gets every call.
//
// Threading: a connection lives on one loop. Handlers are called on it, never under a lock, and
// must only hand over. Call and Connection are handles that any thread may use; what is done
// through them by many threads wakes a loop once, and what is queued on a connection together
// leaves together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/rpc/connection.h"
#include "skyden/rpc/loops.h"
#include "skyden/rpc/options.h"
#include "skyden/rpc/tally.h"

namespace skyden::rpc {

// One listening address. The destructor closes at once; Drain first for a polite stop.
class Server {
 public:
  virtual ~Server() = default;
  virtual std::string address() const = 0;  // "127.0.0.1:41234": what was really bound

  struct Counters {
    size_t connections = 0;        // open now
    size_t strangers = 0;          // of them, not trusted
    size_t calls = 0;              // open now
    size_t stranger_bytes = 0;     // held for those not trusted
    uint64_t refused = 0;          // connections closed at once, ever: too many or too fast
    uint64_t ended_for_abuse = 0;  // connections, ever
  };
  virtual Counters counters() const = 0;
  virtual const Tally& tally() const = 0;
  // Everybody's connections, for a caller that looks at all now and then.
  virtual std::vector<std::shared_ptr<Connection>> Connections() const = 0;

  // Accepts no more, neither connections nor calls (UNAVAILABLE), and tells clients so.
  virtual void StopTaking() = 0;
  // StopTaking; returns when every call has ended, after `at_most` ending what is left. Blocks.
  virtual void Drain(absl::Duration at_most) = 0;
};

// UNAVAILABLE with the address and the system's reason when it cannot be bound; INVALID_ARGUMENT
// when the address or a TLS file does not parse.
absl::StatusOr<std::unique_ptr<Server>> Listen(Loops& loops, ServerOptions options,
                                               Acceptor acceptor);

}  // namespace skyden::rpc
