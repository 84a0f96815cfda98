// SPDX-License-Identifier: Apache-2.0
// One call of a zone to a global control plane, message by message, as bytes.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/base/executor.h"

namespace skyden::agent {

using CallMetadata = std::vector<std::pair<std::string, std::string>>;

// Reactions only post to the strand; the handlers run there. The next message is asked for when
// the handler has returned. Sent messages are gzip-compressed, as zones send them.
//
// Thread-safe. The library's references keep a started stream alive until `on_done` has run; the
// strand's executor must outlive that.
class ByteStream final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                         public std::enable_shared_from_this<ByteStream> {
 public:
  struct Handlers {
    std::function<void(std::string message)> on_message;
    std::function<void(const grpc::Status& status)> on_done;  // once, last
  };
  // `strand` is posted to; it is copied, so that one strand can serve several streams.
  static std::shared_ptr<ByteStream> Start(grpc::GenericStub& stub, const std::string& method,
                                           const CallMetadata& metadata, base::Strand strand,
                                           Handlers handlers);

  // Queues a message. Ignored once the call is ending.
  void Send(std::string message) ABSL_LOCKS_EXCLUDED(mu_);
  // No more messages from here; the other end still may send.
  void HalfClose() ABSL_LOCKS_EXCLUDED(mu_);
  // Messages that wait for the other end to take those before them.
  size_t unsent() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return queue_.size();
  }
  void Cancel() { context_.TryCancel(); }

 private:
  ByteStream(base::Strand strand, Handlers handlers)
      : strand_(std::move(strand)), handlers_(std::move(handlers)) {}

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnDone(const grpc::Status& status) override;

  void Pump() ABSL_LOCKS_EXCLUDED(mu_);
  void ReleaseWhenIdle() ABSL_LOCKS_EXCLUDED(mu_);

  grpc::ClientContext context_;
  base::Strand strand_;
  Handlers handlers_;
  std::shared_ptr<ByteStream> self_;  // from Start to OnDone
  grpc::ByteBuffer in_;

  mutable absl::Mutex mu_;
  std::deque<std::string> queue_ ABSL_GUARDED_BY(mu_);
  grpc::ByteBuffer out_ ABSL_GUARDED_BY(mu_);
  bool writing_ ABSL_GUARDED_BY(mu_) = false;  // an operation is, or is about to be, started
  bool half_close_ ABSL_GUARDED_BY(mu_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mu_) = false;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;     // nothing more comes in
  bool released_ ABSL_GUARDED_BY(mu_) = false;  // the hold is given up: start nothing
};

}  // namespace skyden::agent
