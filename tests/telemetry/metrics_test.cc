// SPDX-License-Identifier: Apache-2.0
#include "skyden/telemetry/metrics.h"

#include <catch2/catch.hpp>

namespace skyden::telemetry {
namespace {

TEST_CASE("metrics print counters as added and gauges as read at the scrape", "[telemetry]") {
  Metrics metrics;
  double level = 1;
  Metrics::Counter& counter = metrics.NewCounter("skyden_test_things_total", "Things.");
  metrics.NewGauge("skyden_test_level", "Level.", [&] { return level; });
  counter.Add();
  counter.Add(2);
  level = 7;
  const std::string text = metrics.Render();
  CAPTURE(text);
  REQUIRE(text.find("skyden_test_things_total 3") != std::string::npos);
  REQUIRE(text.find("skyden_test_level 7") != std::string::npos);
}

}  // namespace
}  // namespace skyden::telemetry
