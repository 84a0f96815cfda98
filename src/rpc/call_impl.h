// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "rpc/connection_impl.h"
#include "rpc/session.h"
#include "skyden/rpc/call.h"

namespace skyden::rpc {

// The handle of a call, and what its session tells. What is asked of it from any thread is done on
// the loop, later, in the order asked.
class CallImpl final : public Call,
                       public StreamEvents,
                       public std::enable_shared_from_this<CallImpl> {
 public:
  CallImpl(std::shared_ptr<ConnectionImpl> connection, int32_t stream_id)
      : connection_(std::move(connection)), stream_id_(stream_id) {}
  // Loop. Without a handler the call is refused.
  void Begin(std::shared_ptr<CallHandler> handler);

  void Read(size_t messages) override;
  void SetInitialMetadata(Metadata metadata) override;
  void Send(Message message, absl::AnyInvocable<void()> on_written) override;
  void Finish(const absl::Status& status, Metadata trailers) override;
  void Abort(const absl::Status& status) override;
  uint64_t sent_bytes() const override { return sent_.load(std::memory_order_relaxed); }

  void OnMessage(std::string bytes, bool compressed) override;
  void OnPeerDone() override;
  void OnSent(size_t bytes) override { sent_.fetch_add(bytes, std::memory_order_relaxed); }
  void OnGone() override;

 private:
  const std::shared_ptr<ConnectionImpl> connection_;
  const int32_t stream_id_;
  std::shared_ptr<CallHandler> handler_;  // loop
  std::atomic<uint64_t> sent_{0};
};

}  // namespace skyden::rpc
