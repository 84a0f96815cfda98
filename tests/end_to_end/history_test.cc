// SPDX-License-Identifier: Apache-2.0
// What people wrote, deleted control planes and copies, through the real binary.
#include <catch2/catch.hpp>

#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a change is found, compared and taken back", "[end_to_end][history]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const std::string path = TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/t";
  REQUIRE(daemon.Call("PUT", path, Timeout("t", 5)).status == 201);
  const Json listed =
      Json::parse(daemon.Cli({"history", "list", "demo", "--limit", "1", "-o", "json"}).output);
  const std::string then = listed.at("revision").dump();
  CHECK(listed.at("data").size() == 1);
  CHECK(listed.at("data")[0].at("name") == "t");
  REQUIRE(daemon.Call("PUT", path, Timeout("t", 6)).status == 200);

  const Ran list = daemon.Cli({"history", "list", "demo", "--type", "MeshTimeout", "--name", "t"});
  CHECK(list.exit_code == 0);
  CHECK(Has(list.output, "REVISION"));
  CHECK(Has(list.output, "update"));
  CHECK(Has(list.output, "MeshTimeout default/t"));
  const Ran shown = daemon.Cli({"history", "show", "demo", then, "--type", "MeshTimeout", "--mesh",
                                "default", "--name", "t"});
  CHECK(shown.exit_code == 0);
  CHECK(Has(shown.output, "connectionTimeout: \"5s\""));
  const Ran diff = daemon.Cli({"history", "diff", "demo", then + ".."});
  CHECK(diff.exit_code == 0);
  CHECK(Has(diff.output, "updated MeshTimeout default/t"));
  CHECK(Has(diff.output, "\"5s\" -> \"6s\""));
  CHECK(Has(daemon.Cli({"history", "diff", "demo", then + ".." + then}).output, "Nothing differs"));
  const Ran tried = daemon.Cli({"history", "restore", "demo", then, "--dry-run"});
  CHECK(tried.exit_code == 0);
  CHECK(Has(tried.output, "Nothing was changed. Would be: 0 created, 1 updated, 0 deleted."));
  const Ran done = daemon.Cli({"history", "restore", "demo", then});
  CHECK(done.exit_code == 0);
  CHECK(Has(done.output, "0 created, 1 updated, 0 deleted."));
  CHECK(Has(daemon.Call("GET", path).body.dump(), "\"5s\""));
  // It lasts over a restart.
  REQUIRE(daemon.Stop() == 0);
  daemon.Start();
  CHECK(Has(daemon.Cli({"history", "list", "demo", "--name", "t"}).output, "create"));

  CHECK(daemon.Cli({"history", "diff", "demo", "..3"}).exit_code == 2);
  CHECK(daemon.Cli({"history", "restore", "demo", then, "--type", "Mesh"}).exit_code == 2);
  CHECK(daemon.Cli({"history", "restore", "demo", "100000"}).exit_code == 1);
  CHECK(Has(daemon.Cli({"history", "restore", "--help"}).output, "Examples:"));
}

TEST_CASE("a deleted control plane comes back with its zones' tokens", "[end_to_end][deleted]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const std::string token = daemon.Provision(id, "east");
  REQUIRE(daemon.Cli({"cp", "delete", "demo"}).exit_code == 0);
  CHECK(daemon.Cli({"cp", "get", "demo"}).exit_code == 1);
  CHECK(Has(daemon.Cli({"cp", "list", "--deleted"}).output, id));
  daemon.CreateControlPlane("demo");
  REQUIRE(daemon.Stop() == 0);
  daemon.Start();
  const Ran back = daemon.Cli({"cp", "undelete", "demo", "-o", "json"});
  REQUIRE(back.exit_code == 0);
  CHECK(Json::parse(back.output).at("id") == id);
  CHECK(Json::parse(back.output).at("name") == "demo-restored");
  CHECK(Json::parse(daemon.Cli({"cp", "list", "--deleted", "-o", "json"}).output).empty());
  const auto zone = daemon.Simulate("east", daemon.GlobalAddress(id, token), {"--for", "2s"});
  CHECK(zone->Wait() == 0);

  REQUIRE(daemon.Cli({"cp", "delete", id}).exit_code == 0);
  CHECK(daemon.Cli({"cp", "purge", id}).exit_code == 0);
  const Ran gone = daemon.Cli({"cp", "undelete", id});
  CHECK(gone.exit_code == 1);
  CHECK(Has(gone.errors, "skyden cp list --deleted"));
}

TEST_CASE("a control plane is copied", "[end_to_end][clone]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  REQUIRE(
      daemon.Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/t", Timeout("t", 5))
          .status == 201);
  const Ran made = daemon.Cli({"cp", "clone", "demo", "staging", "-o", "json"});
  REQUIRE(made.exit_code == 0);
  const std::string copy = Json::parse(made.output).at("id");
  CHECK(daemon.Call("GET", TestDaemon::ApiOf(copy) + "/meshes/default/meshtimeouts/t").body ==
        daemon.Call("GET", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/t").body);
  CHECK(daemon.Cli({"cp", "clone", "demo", "twin", "--with-keys"}).exit_code == 0);
  const auto exported = [&](const std::string& name) {
    return daemon.Cli({"export", "--control-plane", name}).output;
  };
  CHECK(exported("twin") == exported("demo"));
  CHECK(exported("staging") != exported("demo"));
}

TEST_CASE("zones are played under a copy as they are", "[end_to_end][clone]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const auto zone = daemon.Simulate("east", daemon.GlobalAddress(id, daemon.Provision(id, "east")),
                                    {"--dataplanes", "3"});
  REQUIRE(zone->Prints("took 3 Dataplane"));
  REQUIRE(daemon.Cli({"cp", "clone", "demo", "trial"}).exit_code == 0);
  const std::string global = "grpc://" + daemon.address("kds");
  const Ran played = daemon.Cli({"zone", "simulate", "--global", global, "--like", "demo", "--into",
                                 "trial", "--until-synced"});
  INFO(played.output << played.errors);
  CHECK(played.exit_code == 0);
  CHECK(played.output.find("1 of 1 zones in sync") != std::string::npos);
  const auto shown = [&](const std::string& of) {
    const Answer list = daemon.Call("GET", TestDaemon::ApiOf(of) + "/meshes/default/dataplanes");
    std::map<std::string, std::pair<Json, Json>> all;
    for (const Json& one : list.body.at("items")) {
      all[one.at("name")] = {one.at("labels"), one.at("networking")};
    }
    return all;
  };
  const Json copy = Json::parse(daemon.Cli({"cp", "list", "-o", "json"}).output);
  std::string trial;
  for (const Json& one : copy) {
    if (one.at("name") == "trial") trial = one.at("id");
  }
  CHECK(shown(id).size() == 3);
  CHECK(shown(trial) == shown(id));

  const Ran same =
      daemon.Cli({"zone", "simulate", "--global", global, "--like", "demo", "--into", id});
  CHECK(same.exit_code == 2);
  CHECK(same.errors.find("skyden cp clone") != std::string::npos);
  const Ran missing =
      daemon.Cli({"zone", "simulate", "--global", global, "--like", "nobody", "--into", "trial"});
  CHECK(missing.exit_code == 1);
  CHECK(missing.errors.find("there is no control plane \"nobody\"") != std::string::npos);
}

}  // namespace
}  // namespace skyden::end_to_end
