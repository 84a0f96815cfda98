// SPDX-License-Identifier: Apache-2.0
// Whether a daemon that does not hear of its database is cut off, or the database is away for all.
// Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace skyden::peers {

// What one other daemon that can be asked said.
struct Word {
  bool answered = false;
  absl::Duration unheard{};  // when it answered: as Daemons::Unheard
  absl::Duration steady{};   // and for how long it has heard of it without a pause
};

enum class Plight : uint8_t {
  kNone,    // it is in reach, or was a moment ago
  kOutage,  // of the database, as far as anybody knows
  kCutOff,  // this daemon, from what others have
};
// Others that have the database say that this daemon is cut off; those that found it again just now
// do not, for this one may be next. Where there are others, and none of them can be reached either,
// it is this daemon that is alone. One that has no others to ask cannot tell.
Plight PlightOf(absl::Duration unheard, const std::vector<Word>& words);

}  // namespace skyden::peers
