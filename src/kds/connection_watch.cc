// SPDX-License-Identifier: Apache-2.0
#include "kds/connection_watch.h"

#include <algorithm>

namespace skyden::kds {

bool Tide::HasGoneOut(size_t connections) {
  high_ = std::max(high_, connections);
  if (high_ - connections < kWorthwhile) return false;
  high_ = connections;
  return true;
}

void ConnectionWatch::Start() {
  deps_.timers.After(deps_.every, deps_.workers, [weak = weak_from_this()] {
    auto self = weak.lock();
    if (self == nullptr) return;
    self->Look();
    self->Start();
  });
}

void ConnectionWatch::Look() {
  const absl::Duration now = deps_.clock.Monotonic();
  for (const auto& connection : deps_.connections->All()) connection->CutIfSilent(now);
  if (tide_.HasGoneOut(deps_.connections->live().count())) deps_.give_back_memory();
}

}  // namespace skyden::kds
