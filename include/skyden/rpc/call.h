// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "skyden/rpc/message.h"

namespace skyden::rpc {

struct CallHead {
  std::string path;  // "/package.Service/Method"
  Metadata metadata;
  std::optional<absl::Duration> timeout;  // "grpc-timeout", when there is one

  // Of the first of that name.
  std::optional<std::string_view> Find(std::string_view name) const;
};

// What the owner of a call does; all on the connection's loop.
class CallHandler {
 public:
  virtual ~CallHandler() = default;
  // One of the messages that were asked for by Call::Read. `compressed`: as the client's
  // "grpc-encoding: gzip" says; inflating is the owner's, with its own bound.
  virtual void OnMessage(std::string bytes, bool compressed) = 0;
  // The client sends nothing more; comes after the last OnMessage.
  virtual void OnPeerDone() = 0;
  // Last, exactly once, however the call ended: its status is on its way, or the client is gone.
  virtual void OnGone() = 0;
};

// The server's side of one call. Does nothing any more once the call is gone.
class Call {
 public:
  virtual ~Call() = default;

  // Asks for `messages` more. What was not asked for stays in the client's window: at most
  // limits::kRpcStreamWindow bytes of it wait here.
  virtual void Read(size_t messages) = 0;
  // Sent before the first message, or with the end.
  virtual void SetInitialMetadata(Metadata metadata) = 0;
  // Queues a message. `on_written`, on the loop: its last byte was given to the kernel, or it was
  // dropped; that may be after OnGone.
  virtual void Send(Message message, absl::AnyInvocable<void()> on_written = {}) = 0;
  // Ends the call after what is queued. The first end wins. `trailers`: more metadata of the end.
  virtual void Finish(const absl::Status& status, Metadata trailers = {}) = 0;
  // Ends the call and drops what is queued; a message of which a part was sent is broken off.
  virtual void Abort(const absl::Status& status) = 0;
  // Bytes of this call's messages that the client's window let through, ever.
  virtual uint64_t sent_bytes() const = 0;
};

}  // namespace skyden::rpc
