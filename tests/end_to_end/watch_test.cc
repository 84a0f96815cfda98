// SPDX-License-Identifier: Apache-2.0
// `skyden watch` against a real daemon.
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/end_to_end/daemon.h"
#include "tests/end_to_end/files_of_sqlite.h"

namespace skyden::end_to_end {
namespace {

std::unique_ptr<Process> Watch(const TestDaemon& daemon, std::vector<std::string> arguments,
                               const std::string& name) {
  arguments.insert(arguments.begin(), {SKYDEN_BINARY, "watch"});
  return std::make_unique<Process>(
      arguments, daemon.dir() + "/" + name,
      std::map<std::string, std::string>{{"SKYDEN_ADDRESS", daemon.base()},
                                         {"SKYDEN_TOKEN", daemon.token()}});
}

void PutTimeout(const TestDaemon& daemon, const std::string& id, const std::string& name) {
  REQUIRE(daemon
              .Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/" + name,
                    Timeout(name, 7))
              .status == 201);
}

// The id of the event that tells of `name`, as somebody keeps it who watched the API.
std::string IdOfChange(const TestDaemon& daemon, const std::string& id, const std::string& name) {
  Process events({"curl", "-sN", "-H", "authorization: Bearer " + daemon.token(),
                  daemon.base() + TestDaemon::ApiOf(id) + "/events?type=MeshTimeout&since=1"},
                 daemon.dir() + "/events-" + name, {});
  REQUIRE(events.Prints("\"name\":\"" + name + "\""));
  events.Signal(SIGTERM);
  events.Wait();
  const std::string text = events.output();
  const size_t at = text.rfind("id: ", text.find("\"name\":\"" + name + "\"")) + 4;
  return text.substr(at, text.find('\n', at) - at);
}

}  // namespace

TEST_CASE("watch prints what changes, from where one says", "[end_to_end]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const auto all = Watch(daemon, {"demo", "--since", "1", "-o", "json"}, "all");
  const auto retries = Watch(daemon, {id, "--type", "MeshRetry", "--since", "1"}, "retries");
  PutTimeout(daemon, id, "first");
  REQUIRE(all->Prints(R"("name":"first")"));
  REQUIRE(
      daemon.Call("DELETE", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/first").status ==
      200);
  REQUIRE(all->Prints(R"("operation":"delete")"));
  Json retry = Timeout("r", 1);
  retry["type"] = "MeshRetry";
  retry["spec"]["to"][0]["default"] = {{"tcp", {{"maxConnectAttempt", 3}}}};
  REQUIRE(
      daemon.Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshretries/r", retry).status ==
      201);
  REQUIRE(retries->Prints("MeshRetry"));
  CHECK(retries->output().find("MeshTimeout") == std::string::npos);
  for (Process* watch : {all.get(), retries.get()}) {
    watch->Signal(SIGTERM);
    CHECK(watch->Wait() == -SIGTERM);
  }
}

TEST_CASE("watch ends when it may not go on, and says why", "[end_to_end]") {
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const auto unknown = Watch(daemon, {"nothing"}, "unknown");
  CHECK(unknown->Wait() == 1);
  CHECK(unknown->errors().find("nothing") != std::string::npos);
  const auto nonsense = Watch(daemon, {"demo", "--type", "Nonsense"}, "nonsense");
  CHECK(nonsense->Wait() == 1);
  CHECK(nonsense->errors().find("Nonsense") != std::string::npos);

  const auto watch = Watch(daemon, {"demo", "-o", "json", "--since", "1"}, "watch");
  PutTimeout(daemon, id, "t");
  REQUIRE(watch->Prints(R"("name":"t")"));
  REQUIRE(daemon.Call("DELETE", "/v1/mesh/control-planes/" + id).status == 204);
  CHECK(watch->Wait() == 1);
}

TEST_CASE("who saw what a restored database has lost begins anew, others go on", "[end_to_end]") {
  if (SkipsFilesOfSqlite()) return;
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  REQUIRE(daemon.Stop() == 0);
  const std::string database = daemon.data_dir() + "/skyden.db";
  const std::string backup = ReadFile(database);
  daemon.Start();
  PutTimeout(daemon, id, "lost");
  const std::string seen = IdOfChange(daemon, id, "lost");

  REQUIRE(daemon.Stop() == 0);
  daemon.Start();
  PutTimeout(daemon, id, "later");
  const auto goes_on = Watch(daemon, {id, "-o", "json", "--since", seen}, "goes-on");
  CHECK(goes_on->Prints(R"("name":"later")"));
  CHECK(goes_on->output().find("reset") == std::string::npos);

  REQUIRE(daemon.Stop() == 0);
  WriteFile(database, backup);
  REQUIRE(Run({SKYDEN_BINARY, "migrate", "--data-dir", daemon.data_dir(), "--adopt-database"})
              .exit_code == 0);
  daemon.Start();
  // As many changes as before, so that revisions alone would look right.
  PutTimeout(daemon, id, "other");
  PutTimeout(daemon, id, "another");
  const auto anew = Watch(daemon, {id, "-o", "json", "--since", seen}, "anew");
  CHECK(anew->Prints(R"("operation":"reset")"));
  for (Process* watch : {goes_on.get(), anew.get()}) {
    watch->Signal(SIGTERM);
    watch->Wait();
  }
}

}  // namespace skyden::end_to_end
