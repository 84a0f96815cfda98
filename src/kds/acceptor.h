// SPDX-License-Identifier: Apache-2.0
// Listens for zones and hands their connections to gRPC, set up as slow links need it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"

namespace skyden::kds {

// Thread-compatible. One thread waits for connections.
class Acceptor {
 public:
  // `address`: an IP and a port ("127.0.0.1:0", "[::1]:5685"); a wildcard is one for both families.
  // UNAVAILABLE when it cannot be bound.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Listen(const std::string& address);
  ~Acceptor();  // Stop
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  const std::string& address() const { return address_; }  // with the port that was bound

  // Once. `take` gets each connection's descriptor, and with it the duty to close it. On the
  // thread.
  void Start(std::function<void(int fd)> take);
  // No connection is taken after this. Blocks for a moment.
  void Stop();

 private:
  Acceptor(int listener, int stop, std::string address);
  void Loop(const std::function<void(int fd)>& take);
  // False when descriptors have run out.
  bool TakeAll(const std::function<void(int fd)>& take);

  const int listener_;
  const int stop_;  // readable when it is over
  const std::string address_;
  std::thread thread_;
};

}  // namespace skyden::kds
