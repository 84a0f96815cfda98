// SPDX-License-Identifier: Apache-2.0
#include "skyden/telemetry/metrics.h"

#include <catch2/catch.hpp>

#include "tests/telemetry/exposition.h"

namespace skyden::telemetry {
namespace {

constexpr std::array kBounds = {0.5, 1.0, 2.5};

TEST_CASE("a page is read when asked for, each metric with its help and type", "[telemetry]") {
  Metrics metrics;
  Counter counter;
  double level = 1;
  metrics.AddCounter("skyden_test_things_total", "Things", [&] { return counter.value(); });
  metrics.AddGauge("skyden_test_level", "Level", [&] { return level; });
  counter.Add();
  counter.Add(1'234'567'890);
  level = 7.5;
  CHECK(metrics.Render() ==
        "# HELP skyden_test_things_total Things\n"
        "# TYPE skyden_test_things_total counter\n"
        "skyden_test_things_total 1234567891\n"
        "# HELP skyden_test_level Level\n"
        "# TYPE skyden_test_level gauge\n"
        "skyden_test_level 7.5\n");
}

TEST_CASE("a histogram's buckets add up to its count", "[telemetry]") {
  Metrics metrics;
  Histogram histogram(kBounds);
  metrics.AddHistogram("skyden_test_wait_seconds", "Wait", histogram, {{"class", "slow"}});
  for (const double value : {0.25, 0.5, 0.75, 2.0, 8.0}) histogram.Observe(value);
  CHECK(metrics.Render() ==
        "# HELP skyden_test_wait_seconds Wait\n"
        "# TYPE skyden_test_wait_seconds histogram\n"
        "skyden_test_wait_seconds_count{class=\"slow\"} 5\n"
        "skyden_test_wait_seconds_sum{class=\"slow\"} 11.5\n"
        "skyden_test_wait_seconds_bucket{class=\"slow\",le=\"0.5\"} 2\n"
        "skyden_test_wait_seconds_bucket{class=\"slow\",le=\"1\"} 3\n"
        "skyden_test_wait_seconds_bucket{class=\"slow\",le=\"2.5\"} 4\n"
        "skyden_test_wait_seconds_bucket{class=\"slow\",le=\"+Inf\"} 5\n");
  CHECK(ParseExposition(metrics.Render()).faults.empty());
}

TEST_CASE("series of one name stand together, under one help", "[telemetry]") {
  Metrics metrics;
  metrics.AddCounter("skyden_test_things_total", "Things", [] { return 1; }, {{"port", "a"}});
  metrics.AddGauge("skyden_test_level", "Level", [] { return 2; });
  metrics.AddCounter("skyden_test_things_total", "Things", [] { return 3; }, {{"port", "b"}});
  const Exposition page = ParseExposition(metrics.Render());
  CHECK(page.faults == std::vector<std::string>{});
  CHECK(page["skyden_test_things_total{port=\"a\"}"] == 1);
  CHECK(page["skyden_test_things_total{port=\"b\"}"] == 3);
  CHECK(page.families.size() == 2);
}

TEST_CASE("a label's value cannot end it", "[telemetry]") {
  Metrics metrics;
  metrics.AddGauge("skyden_test_level", "Level", [] { return 1; }, {{"what", "a\"b\\c\nd"}});
  CHECK(metrics.Render().find("skyden_test_level{what=\"a\\\"b\\\\c\\nd\"} 1\n") !=
        std::string::npos);
}

TEST_CASE("after the end nothing is read", "[telemetry]") {
  Metrics metrics;
  bool gone = false;
  metrics.AddGauge("skyden_test_level", "Level", [&] {
    REQUIRE_FALSE(gone);
    return 1;
  });
  metrics.Close();
  gone = true;
  CHECK(metrics.Render().empty());
}

TEST_CASE("the checker of pages finds what is wrong with one", "[telemetry]") {
  const std::string good =
      "# HELP skyden_test_wait_seconds Wait\n# TYPE skyden_test_wait_seconds histogram\n"
      "skyden_test_wait_seconds_count 2\nskyden_test_wait_seconds_sum 3\n"
      "skyden_test_wait_seconds_bucket{le=\"1\"} 1\n"
      "skyden_test_wait_seconds_bucket{le=\"+Inf\"} 2\n";
  CHECK(ParseExposition(good).faults == std::vector<std::string>{});
  struct Change {
    const char* from;
    const char* to;
  };
  const Change change = GENERATE(values<Change>({
      {"# HELP skyden_test_wait_seconds Wait\n", ""},
      {"# TYPE skyden_test_wait_seconds histogram\n", ""},
      {"} 1\n", "} 3\n"},       // not cumulative
      {"+Inf\"} 2", "2\"} 2"},  // no last bucket
      {"_count 2", "_count 3"},
      {"_sum 3", "_other 3"},
      {"le=\"1\"", "le=\"+Inf\""},  // twice
      {"_count 2\n", "_count 2\n# HELP skyden_test_wait_seconds Wait\n"},
      {"histogram\n", "gauge\n"},
  }));
  std::string bad = good;
  bad.replace(bad.find(change.from), std::string(change.from).size(), change.to);
  CAPTURE(bad);
  CHECK_FALSE(ParseExposition(bad).faults.empty());
}

}  // namespace
}  // namespace skyden::telemetry
