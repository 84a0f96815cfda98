// SPDX-License-Identifier: Apache-2.0
#include "kds/tide.h"

#include <algorithm>

namespace skyden::kds {
namespace {

constexpr absl::Duration kEvery = absl::Seconds(15);

}  // namespace

bool Tide::HasGoneOut(size_t connections) {
  high_ = std::max(high_, connections);
  if (high_ - connections < kWorthwhile) return false;
  high_ = connections;
  return true;
}

void TideWatch::Start() {
  deps_.timers.After(kEvery, deps_.workers, [weak = weak_from_this()] {
    auto self = weak.lock();
    if (self == nullptr) return;
    if (self->tide_.HasGoneOut(self->deps_.connections())) self->deps_.give_back_memory();
    self->Start();
  });
}

}  // namespace skyden::kds
