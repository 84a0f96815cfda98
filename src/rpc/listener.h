// SPDX-License-Identifier: Apache-2.0
// Accepts, and deals connections to all loops in turn.
#pragma once

#include <memory>
#include <vector>

#include "rpc/loop.h"
#include "rpc/server_state.h"
#include "skyden/net/address.h"
#include "skyden/net/descriptor_reserve.h"
#include "skyden/net/tls_contexts.h"

namespace skyden::rpc {

// Bound to the first loop.
class Listener final : public Watched {
 public:
  // Owns `fd`.
  Listener(std::vector<std::shared_ptr<Loop>> loops, std::shared_ptr<ServerState> state, int fd,
           std::unique_ptr<net::TlsContexts> tls);
  ~Listener() override;

  void Start(const std::shared_ptr<Listener>& self);
  int fd() const override { return fd_; }
  void OnReady(uint32_t events) override;
  absl::Duration due() const override { return resume_at_; }
  void OnDue(absl::Duration now) override;
  void Close() override;

 private:
  bool AcceptOne();
  // Counts the connection where it has to leave again, or says where to count that it may not stay.
  telemetry::Counter* Refuses(const std::string& ip);
  void Begin(int fd, const net::SocketAddress& peer);
  void Exhausted();
  void Pause();

  const std::vector<std::shared_ptr<Loop>> loops_;
  const std::shared_ptr<ServerState> state_;
  const int fd_;
  const std::unique_ptr<net::TlsContexts> tls_;
  net::DescriptorReserve reserve_;
  bool open_ = true;
  bool exhausted_ = false;  // said so
  absl::Duration resume_at_ = absl::InfiniteDuration();
  size_t next_ = 0;
};

}  // namespace skyden::rpc
