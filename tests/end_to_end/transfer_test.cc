// SPDX-License-Identifier: Apache-2.0
// `skyden import` and `skyden export` against the real daemon.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

void WriteFile(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string ReadFile(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST_CASE("a control plane moves to another daemon, and its zones' tokens with it",
          "[end_to_end][transfer]") {
  const TestDaemon old;
  const auto id = old.CreateControlPlane("demo");
  Rest rest = old.NewRest();
  REQUIRE(rest.Call("PUT", TestDaemon::ApiOf(id) + "/meshes/pay",
                    {{"type", "Mesh"},
                     {"name", "pay"},
                     {"mtls",
                      {{"enabledBackend", "ca-1"},
                       {"backends", {{{"name", "ca-1"}, {"type", "builtin"}}}}}}})
              .status == 201);
  for (int i = 0; i < 120; ++i) {
    const std::string name = "t-" + std::to_string(i);
    REQUIRE(rest.Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/" + name,
                      Timeout(name, 5 + i))
                .status == 201);
  }
  const std::string zone_token = old.Cli({"token", "zone", "demo", "--name", "zone-1"}).output;
  const std::string file = old.dir() + "/demo.yaml";
  REQUIRE(old.Cli({"export", "--control-plane", "demo", "--file", file}).exit_code == 0);
  struct stat info {};
  REQUIRE(stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);

  const TestDaemon fresh;
  const auto copy = fresh.CreateControlPlane("copy");
  const Ran told =
      fresh.Cli({"import", "--control-plane", "copy", "--dry-run", file, "-o", "json"});
  REQUIRE(told.exit_code == 0);
  CHECK(Json::parse(told.output).at("dry_run") == true);
  CHECK(Json::parse(told.output).at("created") >= 120);
  const Ran done = fresh.Cli({"import", "--control-plane", "copy", file});
  CHECK(done.exit_code == 0);
  CHECK(done.output.find(" 0 skipped\n") != std::string::npos);
  CHECK(fresh.Cli({"export", "--control-plane", "copy"}).output == ReadFile(file));
  const auto zone = fresh.Simulate(
      "zone-1", fresh.GlobalAddress(copy, zone_token.substr(0, zone_token.find('\n'))),
      {"--until-synced"});
  CHECK(zone->Wait() == 0);
}

TEST_CASE("a refused import names document, type and name, and stores nothing",
          "[end_to_end][transfer]") {
  const TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const std::string file = daemon.dir() + "/bad.yaml";
  WriteFile(file,
            "type: Zone\nname: east\nenabled: true\n---\n"
            "type: MeshTimeout\nmesh: default\nname: bad\nspec: {to: [{}]}\n");
  const Ran ran = daemon.Cli({"import", "--control-plane", "demo", file});
  CHECK(ran.exit_code == 1);
  CHECK(ran.errors.find("document 2, MeshTimeout default/bad") != std::string::npos);
  CHECK(ran.errors.find("nothing was stored") != std::string::npos);
  CHECK(daemon.Call("GET", TestDaemon::ApiOf(id) + "/zones/east").status == 404);
  WriteFile(file, "type: [\n");
  CHECK(daemon.Cli({"import", "--control-plane", "demo", file}).errors.find("document 1, line") !=
        std::string::npos);
  CHECK(daemon.Cli({"import", "--control-plane", "demo", daemon.dir() + "/none"}).exit_code == 1);
}

TEST_CASE("the dry run of an import is a diff without secrets", "[end_to_end][transfer]") {
  const TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const std::string file = daemon.dir() + "/demo.yaml";
  WriteFile(file,
            "type: Mesh\nname: default\nrouting: {localityAwareLoadBalancing: true}\n---\n"
            "type: GlobalSecret\nname: zone-token-signing-key-1\ndata: aGVsbG8=\n---\n"
            "type: MeshInsight\nname: default\n");
  const Ran ran = daemon.Cli({"import", "--control-plane", "demo", "--dry-run", file});
  CHECK(ran.exit_code == 0);
  CHECK(ran.output.find("~ Mesh default\n") != std::string::npos);
  CHECK(ran.output.find("    + spec.routing") != std::string::npos);
  CHECK(ran.output.find("aGVsbG8") == std::string::npos);
  CHECK(ran.output.find(". MeshInsight default (") != std::string::npos);
  CHECK(ran.output.find("dry run, nothing was stored: 0 created, 2 updated") != std::string::npos);
  CHECK(daemon.Call("GET", TestDaemon::ApiOf(id) + "/meshes/default").body.contains("routing") ==
        false);
}

}  // namespace
}  // namespace skyden::end_to_end
