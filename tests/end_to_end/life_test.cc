// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <set>

#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

TEST_CASE("a fresh daemon says where it listens, and lets its operator in", "[end_to_end]") {
  TestDaemon daemon;
  CHECK(daemon.addresses().at("pid") == daemon.process().pid());
  CHECK(daemon.Call("GET", "/v1/mesh/control-planes").status == 200);
  struct stat info {};
  REQUIRE(stat((daemon.data_dir() + "/admin.token").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  REQUIRE(stat((daemon.data_dir() + "/secrets.key").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(daemon.process().errors().find(daemon.address("kds")) != std::string::npos);
  CHECK(daemon.process().errors().find(daemon.token()) == std::string::npos);
}

TEST_CASE("without a good token nobody comes in", "[end_to_end]") {
  const TestDaemon daemon;
  CHECK(Rest(daemon.base(), "").Call("GET", "/v1/mesh/control-planes").status == 401);
  CHECK(Rest(daemon.base(), "nonsense").Call("GET", "/v1/mesh/control-planes").status == 401);
}

TEST_CASE("health, readiness and metrics are told on their own port", "[end_to_end]") {
  const TestDaemon daemon;
  Rest diagnostics("http://" + daemon.address("diagnostics"), "");
  CHECK(diagnostics.Call("GET", "/healthy").status == 200);
  CHECK(diagnostics.Call("GET", "/ready").status == 200);
  const Answer metrics = diagnostics.Call("GET", "/metrics");
  CHECK(metrics.status == 200);
  REQUIRE(metrics.body.is_string());
  CHECK(metrics.body.get<std::string>().find("skyden_store_commits_total") != std::string::npos);
}

TEST_CASE("SIGTERM and SIGINT drain and exit 0", "[end_to_end]") {
  const int signal = GENERATE(SIGTERM, SIGINT);
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const auto zone =
      daemon.Simulate("zone-1", daemon.GlobalAddress(id, daemon.Provision(id, "zone-1")));
  REQUIRE(zone->Prints("in sync"));
  daemon.process().Signal(signal);
  CHECK(daemon.process().Wait() == 0);
  INFO(daemon.process().errors());
  CHECK(daemon.process().errors().find("event=stopped") != std::string::npos);
  CHECK(ReadFile(daemon.data_dir() + "/addresses.json").empty());
  CHECK(zone->Prints("disconnected: UNAVAILABLE"));
}

TEST_CASE("a restart keeps control planes, resources and tokens", "[end_to_end]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const auto token = daemon.token();
  const auto zone_token = daemon.Provision(id, "zone-1");
  const auto policy = TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/kept";
  REQUIRE(daemon.Call("PUT", policy, Timeout("kept", 5)).status == 201);
  CHECK(daemon.Stop() == 0);
  daemon.Start();
  CHECK(daemon.token() == token);
  CHECK(daemon.Call("GET", "/v1/mesh/control-planes/" + id).body.at("name") == "demo");
  CHECK(daemon.Call("GET", policy).status == 200);
  const auto zone =
      daemon.Simulate("zone-1", daemon.GlobalAddress(id, zone_token), {"--until-synced"});
  CHECK(zone->Wait() == 0);
  CHECK(zone->output().find("kept") != std::string::npos);
}

TEST_CASE("a data directory belongs to one daemon at a time", "[end_to_end]") {
  TestDaemon daemon;
  const Ran second = Run({SKYDEN_BINARY, "serve", "--data-dir", daemon.data_dir(), "--http-address",
                          "127.0.0.1:0", "--admin-address", "127.0.0.1:0", "--kds-address",
                          "127.0.0.1:0", "--diagnostics-address", "127.0.0.1:0"});
  INFO(second.errors);
  CHECK(second.exit_code == 1);
  CHECK(second.errors.find("data_dir") != std::string::npos);
  CHECK(daemon.Call("GET", "/v1/mesh/control-planes").status == 200);
}

}  // namespace
}  // namespace skyden::end_to_end
