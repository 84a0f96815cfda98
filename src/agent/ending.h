// SPDX-License-Identifier: Apache-2.0
// How a command that runs until it is told to stop ends.
#pragma once

#include <csignal>
#include <ctime>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace skyden::agent {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// Blocks SIGINT and SIGTERM for this thread and those it starts, until it asks for them.
class StopSignals {
 public:
  StopSignals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  // Whether one came within `time`.
  bool CameWithin(absl::Duration time) const {
    const timespec wait = absl::ToTimespec(time);
    return sigtimedwait(&signals_, nullptr, &wait) > 0;
  }

 private:
  sigset_t signals_{};
};

// Prints what went wrong, behind the flag that it is about, and returns `exit_code`.
int Fail(int exit_code, const absl::Status& status, std::string_view flag = {});

}  // namespace skyden::agent
