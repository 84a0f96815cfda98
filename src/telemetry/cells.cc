// SPDX-License-Identifier: Apache-2.0
#include "skyden/telemetry/cells.h"

#include <algorithm>
#include <numeric>

#include "skyden/base/check.h"

namespace skyden::telemetry {

Histogram::Histogram(std::span<const double> bounds) : bounds_(bounds) {
  SKYDEN_CHECK(bounds.size() <= kBoundsMax);
  SKYDEN_CHECK(std::is_sorted(bounds.begin(), bounds.end(), std::less_equal<>()));
}

void Histogram::Observe(double value) {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Reading Histogram::Read() const {
  Reading reading{.bounds = bounds_, .counts = {}, .sum = sum_.load(std::memory_order_relaxed)};
  for (size_t i = 0; i <= bounds_.size(); ++i) {
    reading.counts.push_back(counts_[i].load(std::memory_order_relaxed));
  }
  return reading;
}

uint64_t Histogram::Reading::total() const {
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0});
}

}  // namespace skyden::telemetry
