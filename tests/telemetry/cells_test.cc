// SPDX-License-Identifier: Apache-2.0
#include "skyden/telemetry/cells.h"

#include <catch2/catch.hpp>
#include <thread>

namespace skyden::telemetry {
namespace {

constexpr std::array kBounds = {1.0, 2.0, 4.0};

TEST_CASE("a value falls into the first bucket whose bound it does not pass", "[telemetry]") {
  Histogram histogram(kBounds);
  for (const double value : {0.0, 1.0, 1.5, 2.0, 4.0, 4.5, 1e9}) histogram.Observe(value);
  const Histogram::Reading reading = histogram.Read();
  CHECK(reading.counts == std::vector<uint64_t>{2, 2, 1, 2});
  CHECK(reading.total() == 7);
  CHECK(reading.sum == 0.0 + 1.0 + 1.5 + 2.0 + 4.0 + 4.5 + 1e9);
}

TEST_CASE("durations are observed in seconds", "[telemetry]") {
  Histogram histogram(kBounds);
  histogram.Observe(absl::Milliseconds(1500));
  CHECK(histogram.Read().sum == 1.5);
  CHECK(histogram.Read().counts == std::vector<uint64_t>{0, 1, 0, 0});
}

TEST_CASE("nothing is lost of what several threads count at once", "[telemetry]") {
  constexpr int kThreads = 4;
  constexpr int kEach = 20'000;
  Counter counter;
  Histogram histogram(kBounds);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) {
        counter.Add();
        histogram.Observe(3.0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(counter.value() == kThreads * kEach);
  CHECK(histogram.Read().total() == kThreads * kEach);
  CHECK(histogram.Read().sum == 3.0 * kThreads * kEach);
}

}  // namespace
}  // namespace skyden::telemetry
