// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 server that knows no domain: connections, limits, TLS; one handler gets requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/http/handler.h"
#include "skyden/http/io_threads.h"
#include "skyden/http/options.h"

namespace skyden::http {

// One listening address. The destructor closes at once; Drain first for a polite stop. Responders
// may outlive it: what they are given then is dropped.
class Server {
 public:
  virtual ~Server() = default;
  virtual std::string address() const = 0;           // "127.0.0.1:41234": what was really bound
  virtual size_t connections() const = 0;            // open now, for metrics
  virtual uint64_t refused_connections() const = 0;  // closed at once: too many, too fast
  // Stops accepting, lets requests in flight finish, closes idle connections. Blocks.
  virtual void Drain(absl::Duration at_most) = 0;
};

// UNAVAILABLE with the address and the system's reason when it cannot be bound;
// INVALID_ARGUMENT when the address or a TLS file does not parse.
absl::StatusOr<std::unique_ptr<Server>> Listen(IoThreads& threads, ServerOptions options,
                                               Handler handler);

}  // namespace skyden::http
