// SPDX-License-Identifier: Apache-2.0
// How many streams the sessions of browsers have open. A browser has six connections for all of its
// pages: whoever opens a stream for each of them has none left.
#pragma once

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "skyden/identity/authenticator.h"

namespace skyden::rest {

// Thread-safe.
class SessionStreams {
 public:
  SessionStreams();

  // One more of the caller's, until what it answers is gone; null for who has no session.
  // RESOURCE_EXHAUSTED beyond limits::kWatchesPerSession.
  absl::StatusOr<std::shared_ptr<void>> Open(const std::optional<identity::Caller>& caller);

 private:
  struct Counts;
  const std::shared_ptr<Counts> counts_;
};

}  // namespace skyden::rest
