// SPDX-License-Identifier: Apache-2.0
// A stream learns only of what may concern zones. One that has heard the last notice knows as much
// as its hub does: what came since then is of types that zones do not get.
#include "kds/progress.h"

#include <algorithm>

namespace skyden::kds {

model::Revision KnownUntil(const PassedOn& hub, const ZoneProgress& progress) {
  if (!progress.has_asked) return 0;
  return progress.known >= hub.told ? std::max(hub.clean, progress.known) : progress.known;
}

model::Revision TakenUntil(const PassedOn& hub, const ZoneProgress& progress) {
  if (!progress.has_asked) return 0;
  model::Revision until = KnownUntil(hub, progress);
  if (progress.open != nullptr) {
    for (const OpenType& type : *progress.open) until = std::min(until, type.until);
  }
  return std::max(until, progress.whole_until);
}

}  // namespace skyden::kds
