// SPDX-License-Identifier: Apache-2.0
// Rows of changes that are released zone by zone. What they say is resources/rollouts.h's business.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "skyden/model/ids.h"
#include "skyden/model/resource.h"

namespace skyden::store {

// Plain value.
struct RolloutRecord {
  enum class State : uint8_t {
    kRunning,
    kPaused,     // what is released stays so
    kReady,      // every wave took it: it can be finished
    kFinished,   // its documents are written
    kAborted,    // by somebody
    kTakenBack,  // by itself: a zone refused something, or requests failed
  };
  std::string id;  // UUID
  std::string mesh;
  State state = State::kRunning;
  uint64_t wave = 0;             // how many are released
  model::Revision revision = 0;  // of the last step that zones see; 0: there was none
  absl::Time created_at;
  std::string plan;      // what was asked for; never changes
  std::string content;   // what would be written; empty once it is over
  std::string progress;  // how far it is, beside the wave

  // Zones may be told something else than what is stored.
  bool IsLive() const { return state <= State::kReady; }
};
const char* NameOf(RolloutRecord::State state);  // "running", "paused", ..., "taken_back"

}  // namespace skyden::store
