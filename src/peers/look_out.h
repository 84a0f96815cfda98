// SPDX-License-Identifier: Apache-2.0
// Looks out, once a second: how many daemons there are, and whether this one is cut off from the
// database that others have. Then its zones are sent to those.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "peers/plight.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"

namespace skyden::peers {

// Thread-safe.
class LookOut final : public std::enable_shared_from_this<LookOut> {
 public:
  struct Deps {
    base::Clock& clock;
    base::Executor& workers;
    base::Timers& timers;
    std::function<absl::Duration()> unheard;  // Daemons::Unheard
    std::function<size_t()> count;            // of daemons, this one among them; blocks
    std::function<void(size_t)> on_count;     // it is another, or was not known; may be null
    std::function<std::vector<Word>()> ask;   // all others that can be asked; blocks
    std::function<void()> end_zones;          // this daemon is cut off
    std::function<void()> say;                // what it says of itself
  };
  explicit LookOut(Deps deps) : deps_(std::move(deps)), steady_since_(deps_.clock.Monotonic()) {}

  void Start() { Look(); }
  // Does not look again; returns when no look is under way.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);
  // For how long the database has been in reach without a pause; zero while it is not.
  absl::Duration Steady() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Look() ABSL_LOCKS_EXCLUDED(mu_);
  void CountDaemons() ABSL_LOCKS_EXCLUDED(mu_);
  void LookAround(absl::Duration unheard) ABSL_LOCKS_EXCLUDED(mu_);

  const Deps deps_;
  mutable absl::Mutex mu_;
  bool stopped_ ABSL_GUARDED_BY(mu_) = false;
  bool looking_ ABSL_GUARDED_BY(mu_) = false;
  std::optional<absl::Duration> steady_since_ ABSL_GUARDED_BY(mu_);
  size_t count_ ABSL_GUARDED_BY(mu_) = 0;
  Plight plight_ ABSL_GUARDED_BY(mu_) = Plight::kNone;
};

}  // namespace skyden::peers
