// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "rpc/connection_impl.h"
#include "skyden/base/limits.h"
#include "skyden/telemetry/log.h"

namespace skyden::rpc {
namespace {

namespace limits = base::limits;

// How often a connection on which nothing comes is asked whether what was sent is taken.
absl::Duration LookEvery(absl::Duration silence) { return std::min(silence / 4, limits::kRpcPing); }

}  // namespace

void ConnectionImpl::SetDue() {
  due_ = NextDue();
  loop_->WakeAt(due_);
}

absl::Duration ConnectionImpl::NextDue() const {
  const ServerOptions& options = state_->options();
  switch (phase_) {
    case State::kHandshake:
      return phase_at_ + options.handshake_time;
    case State::kLeaving:
      return phase_at_ + limits::kRpcGoodbye;
    case State::kLingering:
      return phase_at_ + limits::kRpcLinger;
    case State::kNew:
    case State::kClosed:
      return absl::InfiniteDuration();
    case State::kOpen:
      break;
  }
  absl::Duration due = std::max(heard_at_, pinged_at_) + options.ping_time;
  if (options.silence < absl::InfiniteDuration()) {
    due = std::min(due, std::max(moved_at_, looked_at_) + LookEvery(options.silence));
  }
  if (!had_call_) return std::min(due, phase_at_ + options.first_call_time);
  if (stranger_) due = std::min(due, first_call_at_ + options.trust_time);
  if (session_->calls() == 0) due = std::min(due, call_at_ + options.idle_time);
  return due;
}

void ConnectionImpl::OnDue(absl::Duration now) {
  state_->TellOffences();
  if (phase_ == State::kOpen) {
    Overdue(now);
  } else {
    Close();
  }
  SetDue();
}

void ConnectionImpl::Overdue(absl::Duration now) {
  const ServerOptions& options = state_->options();
  if (!had_call_ && now >= phase_at_ + options.first_call_time) {
    return EndNow(absl::DeadlineExceededError("no call came in time"));
  }
  if (had_call_ && stranger_ && now >= first_call_at_ + options.trust_time) {
    return EndNow(absl::DeadlineExceededError("nobody signed in in time"));
  }
  if (had_call_ && session_->calls() == 0 && now >= call_at_ + options.idle_time) {
    return EndNow(absl::OkStatus());
  }
  if (options.silence < absl::InfiniteDuration() &&
      now >= std::max(moved_at_, looked_at_) + LookEvery(options.silence)) {
    LookForSilence(now);
    if (phase_ != State::kOpen) return;
  }
  if (now < std::max(heard_at_, pinged_at_) + options.ping_time) return;
  pinged_at_ = now;
  session_->Ping();
  loop_->FlushLater(*this);
}

// Bytes that move are life, in either direction: a client may be busy taking what it asked for.
void ConnectionImpl::LookForSilence(absl::Duration now) {
  looked_at_ = now;
  const Traffic seen = traffic();
  if (seen.waiting && seen.taken != taken_) moved_at_ = now;
  taken_ = seen.taken;
  if (now - moved_at_ < state_->options().silence) return;
  telemetry::Log(telemetry::Level::info, "nothing moves on a connection: hanging up",
                 {{"port", state_->options().name}, {"peer", peer_}});
  Close();
}

}  // namespace skyden::rpc
