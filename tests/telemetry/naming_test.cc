// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "skyden/telemetry/metrics.h"

namespace skyden::telemetry {
namespace {

using enum MetricKind;

TEST_CASE("names that Prometheus's rules allow are taken", "[telemetry]") {
  CHECK(NamingFault(kCounter, "skyden_test_things_total", "Things").empty());
  CHECK(NamingFault(kCounter, "skyden_test_sent_bytes_total", "Bytes").empty());
  CHECK(NamingFault(kGauge, "skyden_test_level", "Level").empty());
  CHECK(NamingFault(kHistogram, "skyden_test_wait_seconds", "Wait").empty());
  CHECK(NamingFault(kCounter, "process_cpu_seconds_total", "Time").empty());
  CHECK(NamingFault(kGauge, "process_open_fds", "Descriptors").empty());
}

TEST_CASE("names that break them are not", "[telemetry]") {
  struct Bad {
    MetricKind kind;
    const char* name;
    const char* help = "Help";
  };
  const Bad bad = GENERATE(values<Bad>({
      {kGauge, "skyden_test_things_total"},    // what all counters were once
      {kCounter, "skyden_test_things"},        //
      {kHistogram, "skyden_test_wait_total"},  //
      {kCounter, "skyden_test_things_total", ""},
      {kCounter, "skyden_test_things_total", "two\nlines"},
      {kCounter, "skyden_test_things_total", "a \\ in it"},
      {kGauge, "skyden:test_level"},
      {kGauge, "skyden_test_Level"},
      {kGauge, "skyden_test__level"},
      {kGauge, "skyden_test_level_"},
      {kGauge, "skyden_level"},
      {kGauge, "process_own_level"},
      {kGauge, "process_cpu_seconds_total"},
      {kGauge, "test_level_now"},
      {kGauge, ""},
      {kGauge, "skyden_test_gauge"},
      {kCounter, "skyden_test_counter_total"},
      {kHistogram, "skyden_test_histogram_seconds"},
      {kGauge, "skyden_test_things_count"},
      {kGauge, "skyden_test_things_sum"},
      {kHistogram, "skyden_test_wait_bucket"},
      {kHistogram, "skyden_test_wait_milliseconds"},
      {kHistogram, "skyden_test_wait_ms"},
      {kGauge, "skyden_test_memory_kilobytes"},
      {kGauge, "skyden_test_bytes_held"},
      {kCounter, "skyden_test_bytes_sent_total"},
  }));
  CAPTURE(bad.name, bad.help);
  CHECK_FALSE(NamingFault(bad.kind, bad.name, bad.help).empty());
}

}  // namespace
}  // namespace skyden::telemetry
