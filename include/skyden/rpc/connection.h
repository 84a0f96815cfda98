// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "skyden/rpc/call.h"

namespace skyden::rpc {

// One client's connection.
class Connection {
 public:
  virtual ~Connection() = default;

  virtual uint64_t id() const = 0;                 // never used again in this process
  virtual const std::string& peer_ip() const = 0;  // "10.0.0.9", "2001:db8::1"
  virtual const std::string& peer() const = 0;     // with its port, "[2001:db8::1]:1234"
  virtual bool tls() const = 0;

  // The client has signed in: limits for strangers end (bytes, calls, the deadline for signing in).
  virtual void Trust() = 0;
  // Ends every call with `status` and the connection after them; GOAWAY carries the message.
  virtual void End(const absl::Status& status) = 0;

  struct Traffic {
    uint64_t received = 0;  // bytes that came
    uint64_t taken = 0;     // bytes that the client's kernel has acknowledged
    bool waiting = false;   // some that are to be written are not acknowledged yet
  };
  virtual Traffic traffic() const = 0;

  // What the acceptor keeps of a connection; the loop's thread only. Let go of with the connection.
  std::shared_ptr<void> attachment;
};

// Called for every call, on its connection's loop. Whoever returns no handler has refused the call:
// it ends with UNIMPLEMENTED unless `call` was finished otherwise.
using Acceptor = std::function<std::shared_ptr<CallHandler>(
    CallHead head, std::shared_ptr<Call> call, const std::shared_ptr<Connection>& connection)>;

}  // namespace skyden::rpc
