// SPDX-License-Identifier: Apache-2.0
// What is counted while a daemon runs is there after it stopped.
#include <catch2/catch.hpp>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

TEST_CASE("what was written is told after a restart, as a table, JSON and CSV",
          "[end_to_end][usage]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const auto put = [&](int seconds) {
    const std::string path = TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/t";
    return daemon.Call("PUT", path, Timeout("t", seconds)).status;
  };
  REQUIRE(put(5) == 201);
  REQUIRE(put(6) == 200);
  REQUIRE(daemon.Stop() == 0);
  daemon.Start();
  const std::string from =
      absl::FormatTime("%Y-%m-%d", absl::Now() - absl::Hours(48), absl::UTCTimeZone());
  const Ran json = daemon.Cli({"usage", "--from", from, "-o", "json"});
  INFO(json.output << json.errors);
  REQUIRE(json.exit_code == 0);
  const Json lines = Json::parse(json.output);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].at("control_plane").at("id") == id);
  // It was made as well.
  CHECK(lines[0].at("writes") == 3);
  CHECK(lines[0].at("bytes").get<uint64_t>() > 0);
  CHECK(lines[0].at("zone_hours") == 0);
  // Another life adds to it.
  REQUIRE(put(7) == 200);
  REQUIRE(daemon.Cli({"cp", "delete", "demo"}).exit_code == 0);
  REQUIRE(daemon.Stop() == 0);
  daemon.Start();
  const Ran table = daemon.Cli({"usage", "--from", from});
  CHECK(table.output.find("demo (deleted)") != std::string::npos);
  const Ran csv = daemon.Cli({"usage", "--from", from, "--cp", id, "-o", "csv"});
  REQUIRE(csv.exit_code == 0);
  CHECK(csv.output.find(id + ",demo,") != std::string::npos);
  CHECK(csv.output.find(",0,0,4,") != std::string::npos);
  CHECK(daemon.Cli({"usage", "--group", "week"}).exit_code == 2);
  const Ran refused = daemon.Cli({"usage", "--from", "yesterday"});
  CHECK(refused.exit_code == 1);
  CHECK(refused.errors.find("must be a day") != std::string::npos);
}

}  // namespace
}  // namespace skyden::end_to_end
