// SPDX-License-Identifier: Apache-2.0
// Whether our own ports answer. A process can listen and no longer accept.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "skyden/base/clock.h"
#include "skyden/base/limits.h"

namespace skyden::server {

// Knocks by a thread of its own, and only when somebody asks; what it found is good for a moment.
// Thread-safe.
class PortCheck {
 public:
  struct Port {
    std::string name;
    std::function<absl::Status()> knock;  // blocks, for a bounded time
  };
  using Answer = absl::AnyInvocable<void(const absl::Status&)>;

  PortCheck(const base::Clock& clock, std::vector<Port> ports,
            absl::Duration fresh = base::limits::kKnockFresh);
  ~PortCheck();  // who still waits is told UNAVAILABLE

  // UNAVAILABLE names the first port that does not answer, and why. `answer` is called once, at
  // once or by the thread that knocks: it must only hand over.
  void Ask(Answer answer) ABSL_LOCKS_EXCLUDED(mu_);
  // What was found last, OK before anything was. Has it looked at again when that is a while ago.
  absl::Status Last() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Loop() ABSL_LOCKS_EXCLUDED(mu_);
  absl::Status Knock() const;
  bool IsFresh() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const base::Clock& clock_;
  const std::vector<Port> ports_;
  const absl::Duration fresh_;
  absl::Mutex mu_;
  std::vector<Answer> waiting_ ABSL_GUARDED_BY(mu_);
  bool wanted_ ABSL_GUARDED_BY(mu_) = false;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::optional<absl::Status> last_ ABSL_GUARDED_BY(mu_);
  absl::Duration looked_at_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

}  // namespace skyden::server
