// SPDX-License-Identifier: Apache-2.0
// What the kernel knows of the zones' TCP connections: whether bytes still move, which gRPC 1.51
// does not tell.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"

namespace skyden::kds {

// A second descriptor of a connection that gRPC owns. To be used and let go of at once: held for
// every zone, it would halve the number of zones that fit. Thread-safe.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  struct Traffic {
    uint64_t received = 0;  // bytes that came
    uint64_t taken = 0;     // bytes that the other side's kernel has acknowledged
    bool waiting = false;   // some that were written are not acknowledged yet
  };
  // nullopt when the kernel does not say.
  std::optional<Traffic> Look() const;
  // Hangs up, in both directions: gRPC ends all its calls.
  void Cut();

 private:
  const int fd_;
};

// Finds the socket of a connection. Thread-safe.
class Sockets {
 public:
  // `fd` was accepted and not given away yet.
  void Accepted(int fd) ABSL_LOCKS_EXCLUDED(mu_);
  // `peer`: as gRPC writes it ("ipv4:127.0.0.1:1234"). nullptr when the connection is gone.
  std::unique_ptr<Socket> Of(std::string_view peer) const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Known {
    int fd = -1;
    ino_t inode = 0;  // tells this connection from a later one with the same number
  };
  mutable absl::Mutex mu_;
  absl::flat_hash_map<std::string, Known> by_peer_ ABSL_GUARDED_BY(mu_);
  absl::flat_hash_map<int, std::string> peers_ ABSL_GUARDED_BY(mu_);  // of each number, the last
};

}  // namespace skyden::kds
