// SPDX-License-Identifier: Apache-2.0
// Everybody who watches a control plane change, over Server-Sent Events.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "rest/call.h"
#include "rest/session_streams.h"
#include "skyden/base/executor.h"
#include "skyden/identity/authenticator.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/rollouts.h"
#include "skyden/store/store.h"

namespace skyden::rest {

// What a watcher asked for.
struct WatchRequest {
  std::vector<model::TypeId> types;  // sorted; all of them may be read by the caller
  std::string mesh;                  // empty: every mesh, and what is in none
  // The revision that the watcher has seen all of; nullopt: whatever is newest now.
  std::optional<model::Revision> since;
  // `since` was said by another life of the database, so what came since is not known.
  bool of_other_life = false;
};

// What watching takes. All must outlive the hub, and the tasks that it leaves on `workers`.
struct WatchDeps {
  const model::TypeRegistry& registry;
  identity::Authenticator& authenticator;
  store::Store& store;
  base::Executor& workers;
  base::Timers& timers;
  SessionStreams& streams;
  kds::ZoneVerdicts* verdicts = nullptr;    // null: nothing is told of them
  resources::Rollouts* rollouts = nullptr;  // likewise
};

// Thread-safe.
class WatchHub {
 public:
  explicit WatchHub(WatchDeps deps);
  ~WatchHub();  // ends them all

  // Answers `call`, which is signed in, with a stream of events. RESOURCE_EXHAUSTED, and the call
  // not answered, when there are too many of them: at all, of the control plane, of its
  // organization, of the browser's session (limits::kWatches...).
  absl::Status Begin(CallPtr& call, WatchRequest request);

 private:
  class Impl;
  const std::shared_ptr<Impl> impl_;
};

}  // namespace skyden::rest
