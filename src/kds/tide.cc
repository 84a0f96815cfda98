// SPDX-License-Identifier: Apache-2.0
#include "kds/tide.h"

#include <algorithm>
#include <utility>

namespace skyden::kds {
namespace {

constexpr absl::Duration kEvery = absl::Seconds(15);

}  // namespace

bool Tide::HasGoneOut(size_t peak, size_t connections) {
  high_ = std::max({high_, peak, connections});
  if (high_ - connections < kWorthwhile) return std::exchange(settles_, false);
  high_ = connections;
  settles_ = true;
  return true;
}

void TideWatch::Start() {
  deps_.timers.After(kEvery, deps_.workers, [weak = weak_from_this()] {
    auto self = weak.lock();
    if (self == nullptr) return;
    const size_t peak = self->deps_.peak();
    if (self->tide_.HasGoneOut(peak, self->deps_.connections())) self->deps_.give_back_memory();
    self->Start();
  });
}

}  // namespace skyden::kds
