// SPDX-License-Identifier: Apache-2.0
// How far a zone is, put together from what its stream says and what its control plane's hub knows.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "kds/delivery.h"

namespace skyden::kds {

// What a stream said last. Plain value.
struct ZoneProgress {
  bool has_asked = false;           // for all types that the zone knows
  model::Revision known = 0;        // its notices reach so far
  model::Revision whole_until = 0;  // see DeltaServer
  TypeSet behind{};
  std::optional<absl::Time> behind_since{};
  std::shared_ptr<const std::vector<OpenType>> open{};  // null: none
};

// How far changes are passed on to streams. Plain value.
struct PassedOn {
  model::Revision told = 0;   // the last notice reached so far
  model::Revision clean = 0;  // up to here all changes are in a notice, or of no type for zones
};

// Whatever changed up to here the stream has looked at. `hub` is asked first: what it passes on
// between the two questions is no harm then.
model::Revision KnownUntil(const PassedOn& hub, const ZoneProgress& progress);
// The zone has taken every change up to here that concerns it. `hub` is asked first, likewise.
model::Revision TakenUntil(const PassedOn& hub, const ZoneProgress& progress);

}  // namespace skyden::kds
