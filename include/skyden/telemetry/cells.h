// SPDX-License-Identifier: Apache-2.0
// What is counted and measured, kept by whoever does the work: a cell is a member of its owner and
// knows no name. The composition root names it on the metrics page (metrics.h), which reads it when
// scraped.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/time/time.h"

namespace skyden::telemetry {

// Only grows. Thread-safe; adding is one relaxed increment.
class Counter {
 public:
  void Add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// Goes up and down. Thread-safe.
class Gauge {
 public:
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Upper bounds of buckets, in seconds. Of what one request or commit takes,
inline constexpr std::array kWorkSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                            0.05,   0.1,   0.5,    2.5,   10.0};
// of what may wait for a client, a zone far away, or a person,
inline constexpr std::array kWaitSeconds = {0.005, 0.01, 0.025, 0.05, 0.1,  0.25,
                                            0.5,   1.0,  2.5,   5.0,  30.0, 120.0};
// and numbers of things that are done together.
inline constexpr std::array kTogether = {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0};

// How often a value fell into which bucket. Thread-safe; observing takes no lock: it is a relaxed
// increment of one bucket and an addition to the sum.
class Histogram {
 public:
  static constexpr size_t kBoundsMax = 15;
  // `bounds`: ascending, at most kBoundsMax, and outliving this: one of the tables above.
  explicit Histogram(std::span<const double> bounds);

  void Observe(double value);
  void Observe(absl::Duration value) { Observe(absl::ToDoubleSeconds(value)); }

  struct Reading {
    std::span<const double> bounds;
    std::vector<uint64_t> counts;  // of each bucket alone; the last is of what is above all bounds
    double sum = 0;
    uint64_t total() const;
  };
  // Values that come meanwhile may be in the counts and not yet in the sum.
  Reading Read() const;

 private:
  const std::span<const double> bounds_;
  std::array<std::atomic<uint64_t>, kBoundsMax + 1> counts_{};
  std::atomic<double> sum_{0};
};

}  // namespace skyden::telemetry
