// SPDX-License-Identifier: Apache-2.0
#include "agent/simulation_report.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

namespace skyden::agent {
namespace {

const Response kTimeouts{"MeshTimeout", "1", {{"default", "t1-abc", "t1", "{}"}}, {}};

TEST_CASE("a simulation is complete when all zones have all, and all they own was taken",
          "[agent]") {
  base::FakeClock clock;
  std::ostringstream out;
  SimulationReport report({.zones = 2, .dataplanes = true, .json = false, .events = false}, clock,
                          out);
  report.OnSynced("a");
  report.OnSynced("b");
  CHECK_FALSE(report.complete());
  report.OnAnswered("a", "Dataplane", 3, std::nullopt);
  report.OnAnswered("b", "MeshService", 0, std::nullopt);
  CHECK_FALSE(report.complete());
  clock.Advance(absl::Milliseconds(1500));
  report.OnAnswered("b", "Dataplane", 3, std::nullopt);
  CHECK(report.complete());
  report.PrintSummary();
  CHECK(out.str() ==
        "2 of 2 zones in sync after 1.50 s: 0 resources received, 6 dataplanes accepted\n");
}

TEST_CASE("a zone that lost its connection is no longer in sync", "[agent]") {
  base::FakeClock clock;
  std::ostringstream out;
  SimulationReport report({.zones = 1, .dataplanes = false, .json = false, .events = true}, clock,
                          out);
  report.OnSynced("a");
  report.OnDisconnected("a", {grpc::StatusCode::UNAVAILABLE, "bye"});
  CHECK_FALSE(report.complete());
  CHECK_FALSE(report.refused());
  report.OnDisconnected("a", {grpc::StatusCode::PERMISSION_DENIED, "another zone's token"});
  CHECK(report.refused());
  CHECK(out.str().find("a: disconnected: PERMISSION_DENIED: another zone's token\n") !=
        std::string::npos);
}

TEST_CASE("what arrives is told in words or in JSON", "[agent]") {
  base::FakeClock clock;
  std::ostringstream text;
  SimulationReport words({.zones = 1, .dataplanes = false, .json = false, .events = true}, clock,
                         text);
  words.OnReceived("a", kTimeouts, true);
  words.OnReceived("a", kTimeouts, false);
  words.OnReceived("a", {"MeshTimeout", "2", {}, {"t1-abc.default"}}, false);
  CHECK(text.str() ==
        "a: received MeshTimeout: t1\n"
        "a: now has MeshTimeout: t1\n"
        "a: no longer has MeshTimeout: t1-abc.default\n");
  std::ostringstream lines;
  SimulationReport json({.zones = 1, .dataplanes = false, .json = true, .events = true}, clock,
                        lines);
  json.OnReceived("a", kTimeouts, true);
  const auto line = nlohmann::json::parse(lines.str());
  CHECK(line.at("event") == "received");
  CHECK(line.at("type") == "MeshTimeout");
  CHECK(line.at("display_name") == "t1");
}

}  // namespace
}  // namespace skyden::agent
