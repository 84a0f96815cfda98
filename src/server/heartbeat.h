// SPDX-License-Identifier: Apache-2.0
// A sign of life, again and again, for as long as there is some.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "skyden/base/executor.h"

namespace skyden::server {

// Each beat is a task of `executor` that `timers` post, so that one comes only while both do their
// work. Outlives both.
class Heartbeat {
 public:
  // `alive` may block. `beat` is called after each OK; after anything else it is not, and the
  // reason is logged once.
  Heartbeat(base::Timers& timers, base::Executor& executor, absl::Duration every,
            std::function<absl::Status()> alive, std::function<void()> beat);

 private:
  void Arm();
  void Beat();

  base::Timers& timers_;
  base::Executor& executor_;
  const absl::Duration every_;
  const std::function<absl::Status()> alive_;
  const std::function<void()> beat_;
  bool missed_ = false;  // of one beat after the other
};

}  // namespace skyden::server
