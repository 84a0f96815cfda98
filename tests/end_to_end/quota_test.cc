// SPDX-License-Identifier: Apache-2.0
// Quotas, on every way into a control plane.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "fmt/format.h"
#include "kds/wire.h"
#include "tests/end_to_end/daemon.h"
#include "tests/kds/dialogue.h"
#include "tests/kds/fake_zone.h"

namespace skyden::end_to_end {
namespace {

using kds::testing::FakeZone;

std::string QuotaOf(const std::string& id) {
  return "/v1/mesh/control-planes/" + id + "/ops/quota";
}
Json Used(const TestDaemon& daemon, const std::string& id) {
  return daemon.Call("GET", QuotaOf(id)).body.at("used");
}
std::string TimeoutPath(const std::string& id, const std::string& name) {
  return TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/" + name;
}

TEST_CASE("sixteen clients together get exactly what a quota allows, and it survives a restart",
          "[end_to_end][quota]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const uint64_t before = Used(daemon, id).at("resources");
  REQUIRE(daemon.Call("PUT", QuotaOf(id), {{"resources", before + 50}}).status == 200);
  std::atomic<int> made{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 16; ++c) {
    clients.emplace_back([&daemon, &id, &made, &refused, c] {
      Rest rest = daemon.NewRest();
      for (int i = 0; i < 10; ++i) {
        const std::string name = fmt::format("t-{}-{}", c, i);
        const int status = rest.Call("PUT", TimeoutPath(id, name), Timeout(name, 5)).status;
        made += status == 201;
        refused += status == 429;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  CHECK(made == 50);
  CHECK(refused == 110);
  const Json used = Used(daemon, id);
  CHECK(used.at("resources") == before + 50);
  REQUIRE(daemon.Stop() == 0);
  daemon.Start();
  CHECK(Used(daemon, id) == used);
  const Answer late = daemon.Call("PUT", TimeoutPath(id, "late"), Timeout("late", 5));
  CHECK(late.status == 429);
  CHECK(late.body.at("detail").get<std::string>().find(fmt::format(
            "quota of {} resources would be passed: {} are there", before + 50, before + 50)) !=
        std::string::npos);
  // What is there may still change and go.
  const Json all = daemon.Call("GET", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts").body;
  const std::string one = all.at("items").back().at("name");
  CHECK(daemon.Call("DELETE", TimeoutPath(id, one)).status == 200);
  CHECK(daemon.Call("PUT", TimeoutPath(id, "late"), Timeout("late", 5)).status == 201);
}

TEST_CASE("an import that would pass a quota changes nothing, tried or meant",
          "[end_to_end][quota]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const Json before = Used(daemon, id);
  REQUIRE(daemon
              .Cli({"cp", "quota", "demo", "--resources",
                    std::to_string(before.at("resources").get<int>() + 10)})
              .exit_code == 0);
  std::string yaml;
  for (int i = 0; i < 11; ++i) {
    yaml += "---\n" + Timeout("t-" + std::to_string(i), 5).dump() + "\n";
  }
  WriteFile(daemon.dir() + "/import.yaml", yaml);
  for (const bool dry : {true, false}) {
    std::vector<std::string> command = {"import", "--control-plane", "demo",
                                        daemon.dir() + "/import.yaml"};
    if (dry) command.emplace_back("--dry-run");
    const Ran refused = daemon.Cli(command);
    INFO(refused.output << refused.errors);
    CHECK(refused.exit_code == 1);
    CHECK(refused.errors.find("11 more would come") != std::string::npos);
    CHECK(Used(daemon, id) == before);
  }
  CHECK(daemon.Cli({"cp", "quota", "demo", "--resources", "default"}).exit_code == 0);
  CHECK(
      daemon.Cli({"import", "--control-plane", "demo", daemon.dir() + "/import.yaml"}).exit_code ==
      0);
}

TEST_CASE("a zone that brings too much is told so, and what fits is kept", "[end_to_end][quota]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  FakeZone::Options options;
  options.user_info = id + ":" + daemon.Provision(id, "zone-1");
  FakeZone zone(daemon.address("kds"), options);
  auto down = zone.Sync({"Mesh"});
  REQUIRE(down->Read().has_value());
  auto up = zone.Open(kds::testing::kUp);
  const auto confirmed = [&](const std::string& nonce) -> std::string {
    for (;;) {
      const auto bytes = up->Read();
      REQUIRE(bytes.has_value());
      const auto request = kds::ScanDeltaRequest(*bytes).value();
      if (request.response_nonce == nonce) return std::string(request.error_message);
    }
  };
  using kds::testing::MakeDataplane;
  using kds::testing::Tell;
  REQUIRE(up->Write(Tell("Dataplane", "1", {MakeDataplane("a")})));
  CHECK(confirmed("1").empty());
  const uint64_t used = Used(daemon, id).at("resources");
  // The insights of the zone and of its proxies are still being made.
  REQUIRE(daemon.Call("PUT", QuotaOf(id), {{"resources", used + 5}}).status == 200);
  std::vector<kds::testing::Told> many = {MakeDataplane("a")};
  for (int i = 0; i < 6; ++i) many.push_back(MakeDataplane("b" + std::to_string(i)));
  REQUIRE(up->Write(Tell("Dataplane", "2", many)));
  const std::string error = confirmed("2");
  CHECK(error.find("quota of") != std::string::npos);
  CHECK(error.find("resources would be passed") != std::string::npos);
  REQUIRE(up->Write(Tell("Dataplane", "3", {MakeDataplane("a"), MakeDataplane("b0")})));
  CHECK(confirmed("3").empty());
}

TEST_CASE("quotas come from the settings, an organization or the control plane, by operators only",
          "[end_to_end][quota]") {
  const TestDaemon daemon({"--quota-zones", "1"});
  const std::string id = daemon.CreateControlPlane("demo");
  CHECK(daemon.Cli({"zone", "provision", "demo", "zone-1"}).exit_code == 0);
  const Ran second = daemon.Cli({"zone", "provision", "demo", "zone-2"});
  CHECK(second.exit_code == 1);
  CHECK(second.errors.find("quota of 1 zones") != std::string::npos);
  const Ran table = daemon.Cli({"cp", "quota", "demo"});
  CHECK(table.output.find("zones") != std::string::npos);

  const Json acme =
      Json::parse(daemon.Cli({"organization", "create", "acme", "-o", "json"}).output);
  const std::string organization = acme.at("organization").at("id");
  Rest owner(daemon.base(), acme.at("access_token").at("token").get<std::string>());
  const std::string theirs =
      owner.Call("POST", "/v1/mesh/control-planes", {{"name", "theirs"}}).body.at("id");
  const uint64_t seeds = owner.Call("GET", QuotaOf(theirs)).body["used"]["resources"];
  CHECK(owner.Call("PUT", QuotaOf(theirs), {{"resources", 1'000'000}}).status == 403);
  CHECK(owner.Call("PUT", "/v3/organizations/" + organization + "/quota", Json::object()).status ==
        403);
  CHECK(owner.Call("GET", QuotaOf(id)).status == 404);
  // The operator sets it for another organization's, by id.
  REQUIRE(daemon
              .Cli({"cp", "quota", "--organization", organization, "--resources",
                    std::to_string(seeds)})
              .exit_code == 0);
  CHECK(owner.Call("PUT", TimeoutPath(theirs, "t"), Timeout("t", 5)).status == 429);
  // Nor does a control plane begin with more than there may be.
  CHECK(daemon.Cli({"cp", "quota", "--organization", organization, "--resources", "1"}).exit_code ==
        0);
  CHECK(owner.Call("POST", "/v1/mesh/control-planes", {{"name", "more"}}).status == 429);
  CHECK(owner.Call("GET", "/v1/mesh/control-planes").body.at("data").size() == 1);
  REQUIRE(daemon.Cli({"cp", "quota", theirs, "--resources", "none"}).exit_code == 0);
  CHECK(owner.Call("PUT", TimeoutPath(theirs, "t"), Timeout("t", 5)).status == 201);
  CHECK(owner.Call("GET", QuotaOf(theirs)).body["limit"]["resources"].is_null());
  const Json entries = owner.Call("GET", "/v3/audit-logs?filter%5Baction%5D=quota.set").body;
  CHECK(entries.dump().find("quota.set") != std::string::npos);
  for (const Json& wrong : {Json{{"resources", -1}}, Json{{"resources", "1"}}, Json{{"x", 1}}}) {
    CHECK(daemon.Call("PUT", QuotaOf(id), wrong).status == 400);
  }
}

}  // namespace
}  // namespace skyden::end_to_end
