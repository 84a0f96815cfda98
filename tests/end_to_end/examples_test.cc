// SPDX-License-Identifier: Apache-2.0
// What examples/ promises is run here. Skipped, loudly, where a program is missing.
#include <catch2/catch.hpp>

#include "tests/end_to_end/daemon.h"
#include "tests/self_signed.h"
#include "tests/skip.h"
#include "tests/source_dir.h"

namespace skyden::end_to_end {
namespace {

std::string Grpcurl() {
  for (const std::string candidate : {SKYDEN_TOOLS_DIR "/grpcurl", "grpcurl"}) {
    if (Run({candidate, "--version"}).exit_code == 0) return candidate;
  }
  return "";
}

TEST_CASE("every grpcurl session works as it stands", "[end_to_end][examples]") {
  const std::string grpcurl = Grpcurl();
  if (grpcurl.empty()) {
    Skip("there is no grpcurl; tests/install_dependencies.sh says why it was not built");
    return;
  }
  const TestDaemon daemon;
  for (const char* session : {"health", "control_planes", "zones", "audit"}) {
    const Ran ran = Run({"sh", SourceDir() + "/examples/grpcurl/" + session + ".sh"},
                        {{"SKYDEN_ADMIN", daemon.address("admin")},
                         {"SKYDEN_TOKEN", daemon.token()},
                         {"GRPCURL", grpcurl}});
    INFO(session << "\n" << ran.output << ran.errors);
    CHECK(ran.exit_code == 0);
    CHECK(ran.errors.find("ERROR") == std::string::npos);
    CHECK(ran.output.find('{') != std::string::npos);
  }
}

TEST_CASE("the pipeline checks, delivers until zones have it, and sees drift",
          "[end_to_end][examples]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const auto zone = daemon.Simulate(
      "zone-1", daemon.GlobalAddress(id, daemon.Provision(id, "zone-1")), {"--dataplanes", "3"});
  REQUIRE(zone->Prints("took 3 Dataplane"));
  const std::string gitops = SourceDir() + "/examples/gitops/";
  const std::string folder = daemon.dir() + "/policies";
  REQUIRE(Run({"cp", "-r", gitops + "policies", folder}).exit_code == 0);
  const auto step = [&](const std::string& name, const std::string& proxies_max = "") {
    return Run({gitops + "pipeline.sh", name}, {{"SKYDEN", SKYDEN_BINARY},
                                                {"SKYDEN_ADDRESS", daemon.base()},
                                                {"SKYDEN_TOKEN", daemon.token()},
                                                {"CONTROL_PLANE", "demo"},
                                                {"POLICIES", folder},
                                                {"PROXIES_MAX", proxies_max}});
  };
  const auto has = [](const Ran& ran, const std::string& text) {
    INFO(text << " in\n" << ran.output << ran.errors);
    CHECK(ran.output.find(text) != std::string::npos);
  };
  const std::string timeout = TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/requests";

  const Ran proposed = step("check");
  CHECK(proposed.exit_code == 0);
  has(proposed, "2 created");
  has(proposed, "3 of 3 proxies change");
  CHECK(step("check", "2").exit_code == 3);
  CHECK(daemon.Call("GET", timeout).status == 404);

  const Ran delivered = step("deliver");
  CHECK(delivered.exit_code == 0);
  has(delivered, ": 1 of 1 zone");
  CHECK(daemon.Call("GET", timeout).status == 200);
  CHECK(zone->Prints("now has MeshTimeout: requests"));
  CHECK(step("drift").exit_code == 0);
  has(step("check", "1"), "0 of 3 proxies change");

  // What does not hold together changes nothing of the rest either.
  const std::string file = folder + "/timeouts.yaml";
  REQUIRE(Run({"rm", folder + "/retries.yaml"}).exit_code == 0);
  REQUIRE(Run({"sed", "-i", "s/connectionTimeout: 5s/connectionTimeout: soon/", file}).exit_code ==
          0);
  CHECK(step("deliver").exit_code == 1);
  REQUIRE(Run({"sed", "-i", "s/soon/6s/", file}).exit_code == 0);
  const Ran drifted = step("drift");
  CHECK(drifted.exit_code == 3);
  has(drifted, "1 updated, 1 deleted");
  has(step("check"), "- MeshRetry default/once-more");
  CHECK(step("deliver").exit_code == 0);
  CHECK(
      daemon.Call("GET", TestDaemon::ApiOf(id) + "/meshes/default/meshretries/once-more").status ==
      404);
  CHECK(step("no-such-step").exit_code == 2);
}

TEST_CASE("the dashboard and the alerts name metrics that there are", "[end_to_end][examples]") {
  // Those of certificates are there of ports that have one.
  const TempDir dir;
  REQUIRE(MakeSelfSigned("IP:127.0.0.1", dir / "tls.crt", dir / "tls.key"));
  const TestDaemon daemon(
      {"--kds-certificate-file", dir / "tls.crt", "--kds-key-file", dir / "tls.key"});
  const Ran scraped = Run({"curl", "-sS", "http://" + daemon.address("diagnostics") + "/metrics"});
  REQUIRE(scraped.exit_code == 0);
  const std::string metrics = scraped.output;
  // Nothing of it is a tenant's: as many lines with tenants as without.
  for (int i = 0; i < 5; ++i) daemon.CreateControlPlane("demo" + std::to_string(i));
  const std::string again =
      Run({"curl", "-sS", "http://" + daemon.address("diagnostics") + "/metrics"}).output;
  CHECK(std::count(metrics.begin(), metrics.end(), '\n') ==
        std::count(again.begin(), again.end(), '\n'));
  for (const char* file : {"/examples/grafana/skyden.json", "/examples/prometheus/alerts.yml"}) {
    const std::string text = ReadFile(SourceDir() + file);
    REQUIRE_FALSE(text.empty());
    size_t found = 0;
    for (size_t at = text.find("skyden_"); at != std::string::npos; at = text.find("skyden_", at)) {
      size_t end = at;
      while (end < text.size() &&
             (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) {
        ++end;
      }
      const std::string name = text.substr(at, end - at);
      CAPTURE(file, name);
      CHECK((metrics.find("\n" + name + " ") != std::string::npos ||
             metrics.find("\n" + name + "{") != std::string::npos));
      ++found;
      at = end;
    }
    CHECK(found >= 5);
  }
}

TEST_CASE("no byte of one tenant reaches the other in a short mixed run", "[end_to_end][canary]") {
  if (Run({"python3", "--version"}).exit_code != 0) {
    Skip("there is no python3");
    return;
  }
  std::vector<std::string> arguments = {"python3",   SourceDir() + "/tests/bench/canary",
                                        "--skyden",  SKYDEN_BINARY,
                                        "--minutes", "0.2"};
  const std::string grpcurl = Grpcurl();
  if (!grpcurl.empty()) arguments.insert(arguments.end(), {"--grpcurl", grpcurl});
  const Ran ran = Run(arguments);
  INFO(ran.output << ran.errors);
  CHECK(ran.exit_code == 0);
}

}  // namespace
}  // namespace skyden::end_to_end
