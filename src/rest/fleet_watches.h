// SPDX-License-Identifier: Apache-2.0
// Everybody who watches an organization, over Server-Sent Events.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "rest/call.h"
#include "rest/session_streams.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/insights/fleet.h"
#include "skyden/store/store.h"

namespace skyden::rest {

struct FleetWatchRequest {
  uint8_t topics = 0;  // of FleetTopic, which the caller may all read
  // Id of the last event that was seen; nullopt: whatever is newest now.
  std::optional<std::string> since;
};

// All must outlive the watches, and the tasks that they leave on `workers`.
struct FleetWatchDeps {
  insights::Fleet& fleet;
  identity::Authenticator& authenticator;
  store::Store& store;
  base::Clock& clock;
  base::Executor& workers;
  base::Timers& timers;
  SessionStreams& streams;
};

// Thread-safe.
class FleetWatches {
 public:
  explicit FleetWatches(FleetWatchDeps deps);
  ~FleetWatches();  // ends them all

  // Answers `call`, which is signed in to its organization, with a stream of events.
  // RESOURCE_EXHAUSTED, and the call not answered, when there are too many of them: at all, or of
  // the organization (limits::kFleetWatches...).
  absl::Status Begin(CallPtr& call, FleetWatchRequest request);

 private:
  class Impl;
  const std::shared_ptr<Impl> impl_;
};

}  // namespace skyden::rest
