// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <csignal>

#include "absl/time/clock.h"
#include "tests/end_to_end/daemon.h"
#include "tests/self_signed.h"

namespace skyden::end_to_end {
namespace {

bool IsOnline(const TestDaemon& daemon, const std::string& id, const std::string& zone) {
  const Ran listed = daemon.Cli({"zone", "list", id});
  const size_t row = listed.output.find("\n" + zone + " ");
  const size_t end = listed.output.find('\n', row + 1);
  return row != std::string::npos &&
         listed.output.substr(row, end - row).find("Online") != std::string::npos;
}

TEST_CASE("a zone gets policies, and its dataplanes arrive", "[end_to_end]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const auto api = TestDaemon::ApiOf(id);
  const auto zone = daemon.Simulate(
      "zone-1", daemon.GlobalAddress(id, daemon.Provision(id, "zone-1")), {"--dataplanes", "3"});
  REQUIRE(zone->Prints("in sync"));
  REQUIRE(zone->Prints("took 3 Dataplane"));
  CHECK(daemon.Call("GET", api + "/meshes/default/dataplanes").body.at("total") == 3);
  CHECK(IsOnline(daemon, id, "zone-1"));

  REQUIRE(daemon.Call("PUT", api + "/meshes/default/meshtimeouts/t1", Timeout("t1", 7)).status ==
          201);
  CHECK(zone->Prints("now has MeshTimeout: t1"));
  REQUIRE(daemon.Call("DELETE", api + "/meshes/default/meshtimeouts/t1").status == 200);
  CHECK(zone->Prints("no longer has MeshTimeout: t1-"));
}

TEST_CASE("a control plane can be deleted the moment its zones are gone", "[end_to_end]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  std::vector<std::unique_ptr<Process>> zones;
  for (const std::string name : {"zone-1", "zone-2", "zone-3"}) {
    zones.push_back(daemon.Simulate(name, daemon.GlobalAddress(id, daemon.Provision(id, name)),
                                    {"--dataplanes", "3"}));
  }
  for (const auto& zone : zones) REQUIRE(zone->Prints("in sync"));
  const std::string path = "/v1/mesh/control-planes/" + id;
  const Answer refused = daemon.Call("DELETE", path);
  CHECK(refused.status == 400);
  CHECK(refused.body.dump().find("Zones online: 3; with force=true") != std::string::npos);
  // The daemon learns of their ends while it is asked.
  for (const auto& zone : zones) zone->Signal(SIGKILL);
  CHECK(daemon.Call("DELETE", path).status == 204);
}

TEST_CASE("tenants see nothing of each other", "[end_to_end]") {
  TestDaemon daemon;
  const auto one = daemon.CreateControlPlane("one");
  const auto two = daemon.CreateControlPlane("two");
  const auto zone =
      daemon.Simulate("same-name", daemon.GlobalAddress(two, daemon.Provision(two, "same-name")),
                      {"--dataplanes", "2"});
  REQUIRE(zone->Prints("took 2 Dataplane"));
  REQUIRE(zone->Prints("in sync"));
  const auto path = "/meshes/default/meshtimeouts/secret";
  REQUIRE(daemon.Call("PUT", TestDaemon::ApiOf(one) + path, Timeout("secret", 7)).status == 201);
  REQUIRE(daemon
              .Call("PUT", TestDaemon::ApiOf(two) + "/meshes/default/meshtimeouts/later",
                    Timeout("later", 7))
              .status == 201);
  CHECK(zone->Prints("now has MeshTimeout: later"));
  CHECK(zone->output().find("secret") == std::string::npos);
  CHECK(daemon.Call("GET", TestDaemon::ApiOf(two) + path).status == 404);
  CHECK(
      daemon.Call("GET", TestDaemon::ApiOf(one) + "/meshes/default/dataplanes").body.at("total") ==
      0);
}

TEST_CASE("a zone without the right token is turned away, and the reason is kept", "[end_to_end]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const auto other = daemon.CreateControlPlane("other");
  const auto token = daemon.Provision(id, "zone-1");
  struct Case {
    std::string zone;
    std::string global;
  };
  const std::vector<Case> cases = {
      {"zone-2", daemon.GlobalAddress(id, token)},       // another zone's
      {"zone-1", daemon.GlobalAddress(other, token)},    // another control plane's
      {"zone-1", daemon.GlobalAddress(id, "nonsense")},  // nobody's
      {"zone-1", "grpc://" + daemon.address("kds")},     // none
  };
  for (const Case& bad : cases) {
    const auto zone = daemon.Simulate(bad.zone, bad.global, {"--until-synced"});
    CHECK(zone->Wait() == 1);
    INFO(zone->output());
    CHECK((zone->output().find("UNAUTHENTICATED") != std::string::npos ||
           zone->output().find("PERMISSION_DENIED") != std::string::npos));
    CHECK(zone->output().find(" 0 resources received") != std::string::npos);
    CHECK(zone->output().find("now has") == std::string::npos);
  }
  CHECK(daemon.process().errors().find(token) == std::string::npos);
}

TEST_CASE("the token may come in a header, as newer zones send it", "[end_to_end]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const auto zone =
      daemon.Simulate("zone-1", daemon.GlobalAddress(id, daemon.Provision(id, "zone-1")),
                      {"--token-in-header", "--until-synced", "--dataplanes", "1"});
  CHECK(zone->Wait() == 0);
}

TEST_CASE("a zone that carries no token connects through the agent, over TLS", "[end_to_end]") {
  const TempDir certificates;
  REQUIRE(MakeSelfSigned("IP:127.0.0.1", certificates.path() + "/cert.pem",
                         certificates.path() + "/key.pem"));
  const std::string ca = certificates.path() + "/cert.pem";
  TestDaemon daemon(
      {"--kds-certificate-file", ca, "--kds-key-file", certificates.path() + "/key.pem"});
  const auto id = daemon.CreateControlPlane("demo");
  const std::string token_file = daemon.dir() + "/zone.token";
  WriteFile(token_file, daemon.Provision(id, "zone-1") + "\n");
  Process agent({SKYDEN_BINARY, "zone-agent", "--listen", "127.0.0.1:0", "--global",
                 daemon.address("kds"), "--token-file", token_file, "--ca", ca},
                daemon.dir() + "/agent");
  const absl::Time give_up = absl::Now() + kPatience;
  std::string said;
  while ((said = agent.errors()).find("listen=") == std::string::npos && absl::Now() < give_up) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  const size_t at = said.find("listen=");
  REQUIRE(at != std::string::npos);
  const auto listen = said.substr(at + 7, said.find(' ', at) - at - 7);
  const auto zone =
      daemon.Simulate("zone-1", "grpc://" + listen, {"--until-synced", "--dataplanes", "2"});
  CHECK(zone->Wait() == 0);
  INFO(zone->output() << zone->errors());
  CHECK(daemon.Call("GET", TestDaemon::ApiOf(id) + "/meshes/default/dataplanes").body.at("total") ==
        2);
  agent.Signal(SIGTERM);
  CHECK(agent.Wait() == 0);

  const auto direct =
      daemon.Simulate("zone-1", daemon.GlobalAddress(id, daemon.Provision(id, "zone-3")),
                      {"--until-synced", "--timeout", "1s"});
  CHECK(direct->Wait() == 1);  // without --ca it must not trust the daemon
  CHECK(direct->output().find("UNAVAILABLE") != std::string::npos);
}

TEST_CASE("a control plane with a connected zone is not deleted; afterwards its zones are cut off",
          "[end_to_end]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const auto global = daemon.GlobalAddress(id, daemon.Provision(id, "zone-1"));
  auto zone = daemon.Simulate("zone-1", global);
  REQUIRE(zone->Prints("in sync"));
  const Answer refused = daemon.Call("DELETE", "/v1/mesh/control-planes/" + id);
  CHECK(refused.status == 400);
  CHECK(refused.body.dump().find("zone-1") != std::string::npos);
  zone.reset();
  const absl::Time give_up = absl::Now() + kPatience;
  while (IsOnline(daemon, id, "zone-1") && absl::Now() < give_up) {
  }
  CHECK(daemon.Call("DELETE", "/v1/mesh/control-planes/" + id).status == 204);
  CHECK(daemon.Call("GET", "/v1/mesh/control-planes/" + id).status == 404);
  const auto again = daemon.Simulate("zone-1", global, {"--until-synced"});
  CHECK(again->Wait() == 1);
}

TEST_CASE("twenty zones come back after a restart", "[end_to_end]") {
  TestDaemon daemon({"--drain-time", "2s"});
  const auto id = daemon.CreateControlPlane("demo");
  const std::string tokens = daemon.dir() + "/tokens";
  std::vector<std::string> provision = {"zone", "provision", id, "--tokens-file", tokens};
  for (int i = 1; i <= 20; ++i) provision.push_back("zone-" + std::to_string(i));
  REQUIRE(daemon.Cli(provision).exit_code == 0);
  const std::vector<std::string> flags = {"--tokens-file",  tokens, "--dataplanes", "2",
                                          "--until-synced", "-o",   "json"};
  const auto before = daemon.Simulate("before", "grpc://" + daemon.address("kds"), flags);
  CHECK(before->Wait() == 0);
  CHECK(daemon.Stop() == 0);
  daemon.Start();
  const auto after = daemon.Simulate("after", "grpc://" + daemon.address("kds"), flags);
  REQUIRE(after->Wait() == 0);
  const Json summary = Json::parse(after->output());
  CHECK(summary.at("synced") == 20);
  CHECK(summary.at("dataplanes") == 40);
  CHECK(summary.at("refusals") == 0);
  CHECK(daemon.Call("GET", TestDaemon::ApiOf(id) + "/meshes/default/dataplanes").body.at("total") ==
        40);
}

}  // namespace
}  // namespace skyden::end_to_end
