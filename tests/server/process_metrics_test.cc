// SPDX-License-Identifier: Apache-2.0
#include "server/process_metrics.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <vector>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "skyden/base/version.h"
#include "tests/telemetry/exposition.h"
#include "tests/temp_dir.h"

namespace skyden::server {
namespace {

telemetry::Exposition PageOf(const telemetry::Metrics& metrics) {
  auto page = telemetry::ParseExposition(metrics.Render());
  CHECK(page.faults == std::vector<std::string>{});
  return page;
}

TEST_CASE("the page says what was built, and what the process uses", "[server][metrics]") {
  telemetry::Metrics metrics;
  AddProcessMetrics(metrics);
  const telemetry::Exposition before = PageOf(metrics);
  CHECK(before[fmt::format("skyden_build_info{{version=\"{}\"}}", base::Version())] == 1);
  CHECK(before["process_resident_memory_bytes"] > 1e6);
  CHECK(before["process_virtual_memory_bytes"] > before["process_resident_memory_bytes"]);
  CHECK(before["process_threads"] >= 1);
  CHECK(before["process_max_fds"] == static_cast<double>(sysconf(_SC_OPEN_MAX)));
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  CHECK(before["process_start_time_seconds"] > now - 24 * 3600);
  CHECK(before["process_start_time_seconds"] < now + 1);

  std::vector<int> open_files;
  for (int i = 0; i < 7; ++i) open_files.push_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const telemetry::Exposition after = PageOf(metrics);
  for (const int file : open_files) close(file);
  CHECK(after["process_open_fds"] == before["process_open_fds"] + 7);
  CHECK(PageOf(metrics)["process_open_fds"] == before["process_open_fds"]);
  CHECK(after["process_cpu_seconds_total"] >= before["process_cpu_seconds_total"]);
  CHECK(after["process_start_time_seconds"] == before["process_start_time_seconds"]);
}

TEST_CASE("the page says how much room the disk has", "[server][metrics]") {
  const TempDir dir;
  telemetry::Metrics metrics;
  AddDiskMetrics(metrics, dir.path());
  const telemetry::Exposition page = PageOf(metrics);
  struct statvfs about {};
  REQUIRE(statvfs(dir.path().c_str(), &about) == 0);
  CHECK(page["skyden_store_disk_size_bytes"] ==
        static_cast<double>(about.f_blocks) * static_cast<double>(about.f_frsize));
  CHECK(page["skyden_store_disk_free_bytes"] > 0);
  CHECK(page["skyden_store_disk_free_bytes"] <= page["skyden_store_disk_size_bytes"]);
}

TEST_CASE("a folder that is gone has no figures, and says so", "[server][metrics]") {
  telemetry::Metrics metrics;
  AddDiskMetrics(metrics, "/nowhere/at/all");
  CHECK(PageOf(metrics)["skyden_store_disk_free_bytes"] == -1);
}

}  // namespace
}  // namespace skyden::server
