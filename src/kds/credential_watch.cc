// SPDX-License-Identifier: Apache-2.0
#include "kds/credential_watch.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "kds/authenticated_call.h"

namespace skyden::kds {
namespace {

// A wall clock may be set while a timer runs: none runs for longer.
constexpr absl::Duration kLongestWait = absl::Hours(1);

template <class Fn>
void ForEachCall(const std::vector<std::shared_ptr<ZoneSession>>& sessions, Fn fn) {
  for (const auto& session : sessions) {
    for (const auto& call : session->Calls()) fn(*call);
  }
}

}  // namespace

void CredentialWatch::Arm(absl::Time at) {
  armed_for_ = at;
  const absl::Duration wait =
      std::clamp(at - deps_.clock.Now(), absl::ZeroDuration(), kLongestWait);
  timer_ = deps_.timers.After(wait, deps_.workers, [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->EndExpired();
  });
}

void CredentialWatch::Watch(absl::Time expires_at) {
  absl::MutexLock lock(&mu_);
  if (expires_at >= armed_for_) return;
  if (timer_ != 0) deps_.timers.Cancel(timer_);
  Arm(expires_at);
}

void CredentialWatch::EndExpired() {
  {
    // From here on Watch arms for what is not seen below.
    absl::MutexLock lock(&mu_);
    armed_for_ = absl::InfiniteFuture();
    timer_ = 0;
  }
  const absl::Time now = deps_.clock.Now();
  absl::Time next = absl::InfiniteFuture();
  ForEachCall(deps_.sessions(std::nullopt), [&](AuthenticatedCall& call) {
    const absl::Time expires_at = call.identity().expires_at;
    if (expires_at <= now) {
      call.Recheck();
    } else {
      next = std::min(next, expires_at);
    }
  });
  if (next != absl::InfiniteFuture()) Watch(next);
}

void CredentialWatch::KeysChanged(std::optional<model::TenantKey> tenant) {
  deps_.workers.Post([weak = weak_from_this(), tenant] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    ForEachCall(self->deps_.sessions(tenant), [](AuthenticatedCall& call) {
      if (call.identity().kuma_token != nullptr) call.Recheck();
    });
  });
}

}  // namespace skyden::kds
