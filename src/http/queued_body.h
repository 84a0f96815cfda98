// SPDX-License-Identifier: Apache-2.0
// The session's side of a BodyStream.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "skyden/http/body_stream.h"

namespace skyden::http {

// Thread-safe; what is marked so is called on the session's loop only. No callback under the lock.
class QueuedBody final : public BodyStream {
 public:
  explicit QueuedBody(Options options) : options_(std::move(options)) {}

  bool Write(std::string text) override ABSL_LOCKS_EXCLUDED(mu_);
  void End() override ABSL_LOCKS_EXCLUDED(mu_);

  // From now on `pump` is called when there is something to send, by whoever brought it. Loop
  // thread.
  void Attach(std::function<void()> pump) ABSL_LOCKS_EXCLUDED(mu_);
  // What is to be sent now; `last`: nothing will follow. Loop thread.
  std::string Take(bool& last) ABSL_LOCKS_EXCLUDED(mu_);
  // All that was taken is sent. Loop thread.
  void Drained() ABSL_LOCKS_EXCLUDED(mu_);
  // Nobody reads any more. Any thread, any number of times.
  void Gone() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Wake() ABSL_LOCKS_EXCLUDED(mu_);

  Options options_;
  absl::Mutex mu_;
  std::function<void()> pump_ ABSL_GUARDED_BY(mu_);
  std::string queued_ ABSL_GUARDED_BY(mu_);
  size_t sending_ ABSL_GUARDED_BY(mu_) = 0;  // taken and not sent yet
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  bool gone_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace skyden::http
