// SPDX-License-Identifier: Apache-2.0
#include "peers/look_out.h"

#include "skyden/base/limits_peers.h"
#include "skyden/telemetry/log.h"

namespace skyden::peers {
namespace {

namespace limits = base::limits;

}  // namespace

void LookOut::Stop() {
  absl::MutexLock lock(&mu_);
  stopped_ = true;
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !looking_; };
  mu_.Await(absl::Condition(&idle));
}

absl::Duration LookOut::Steady() const {
  absl::MutexLock lock(&mu_);
  return steady_since_.has_value() ? deps_.clock.Monotonic() - *steady_since_
                                   : absl::ZeroDuration();
}

void LookOut::Look() {
  {
    absl::MutexLock lock(&mu_);
    if (stopped_) return;
    looking_ = true;
  }
  const absl::Duration unheard = deps_.unheard();
  {
    absl::MutexLock lock(&mu_);
    if (unheard >= limits::kPeerDoubt) {
      steady_since_ = std::nullopt;
    } else if (!steady_since_.has_value()) {
      steady_since_ = deps_.clock.Monotonic();
    }
  }
  if (unheard < limits::kPeerDoubt) {
    CountDaemons();
    deps_.say();
  }
  LookAround(unheard);
  {
    absl::MutexLock lock(&mu_);
    looking_ = false;
    if (stopped_) return;
  }
  deps_.timers.After(limits::kPeerLook, deps_.workers, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Look();
  });
}

void LookOut::CountDaemons() {
  const size_t count = deps_.count();
  {
    absl::MutexLock lock(&mu_);
    if (count_ == count) return;
    count_ = count;
  }
  if (deps_.on_count) deps_.on_count(count);
}

// Each time while it is cut off: some may have come in between.
void LookOut::LookAround(absl::Duration unheard) {
  const Plight plight =
      unheard < limits::kPeerCutOff ? PlightOf(unheard, {}) : PlightOf(unheard, deps_.ask());
  bool is_new = false;
  {
    absl::MutexLock lock(&mu_);
    is_new = plight != plight_;
    plight_ = plight;
  }
  if (plight == Plight::kCutOff) {
    if (is_new) {
      telemetry::Log(telemetry::Level::error,
                     "this daemon is cut off from the database: its zones are sent to others");
    }
    deps_.end_zones();
  } else if (is_new && plight == Plight::kNone) {
    telemetry::Log(telemetry::Level::info, "the database is in reach again");
  }
}

}  // namespace skyden::peers
