// SPDX-License-Identifier: Apache-2.0
#include "server/heartbeat.h"

#include <utility>

#include "skyden/base/strings.h"
#include "skyden/telemetry/log.h"

namespace skyden::server {

using telemetry::Level;

Heartbeat::Heartbeat(base::Timers& timers, base::Executor& executor, absl::Duration every,
                     std::function<absl::Status()> alive, std::function<void()> beat)
    : timers_(timers),
      executor_(executor),
      every_(every),
      alive_(std::move(alive)),
      beat_(std::move(beat)) {
  Arm();
}

void Heartbeat::Arm() {
  timers_.After(every_, executor_, [this] { Beat(); });
}

void Heartbeat::Beat() {
  const absl::Status alive = alive_();
  if (alive.ok()) {
    beat_();
  } else if (!missed_) {
    telemetry::Log(Level::error, "no sign of life",
                   {{"reason", std::string(base::ToStd(alive.message()))}});
  }
  missed_ = !alive.ok();
  Arm();
}

}  // namespace skyden::server
