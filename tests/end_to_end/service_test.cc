// SPDX-License-Identifier: Apache-2.0
// The daemon as a service: what it tells the service manager, and what it reads again on SIGHUP.
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/end_to_end/daemon.h"
#include "tests/server/notified_socket.h"

namespace skyden::end_to_end {
namespace {

TEST_CASE("the service manager is told that the daemon serves, lives, reloads and stops",
          "[end_to_end][service]") {
  const TempDir dir;
  const server::NotifiedSocket manager(dir / "notify");
  TestDaemon daemon({}, {{"NOTIFY_SOCKET", manager.address()}, {"WATCHDOG_USEC", "30000"}});
  const std::string ready = manager.Await();
  CHECK(ready.rfind("READY=1\nSTATUS=serving: REST " + daemon.address("http"), 0) == 0);
  // A third of the watchdog's time apart.
  for (int i = 0; i < 3; ++i) CHECK(manager.Await() == "WATCHDOG=1\n");
  daemon.process().Signal(SIGHUP);
  std::string next;
  do {
    next = manager.Await();
  } while (next == "WATCHDOG=1\n");
  CHECK(next.rfind("RELOADING=1\nMONOTONIC_USEC=", 0) == 0);
  do {
    next = manager.Await();
  } while (next == "WATCHDOG=1\n");
  CHECK(next == ready);
  CHECK(daemon.Stop() == 0);
  do {
    next = manager.Await();
  } while (next == "WATCHDOG=1\n");
  CHECK(next == "STOPPING=1\nSTATUS=draining\n");
}

TEST_CASE("SIGHUP reads the configuration again, and says what only a restart changes",
          "[end_to_end][service]") {
  const TempDir dir;
  const std::string file = dir / "skyden.yaml";
  WriteFile(file, "log_level: info\n");
  TestDaemon daemon({"--config", file});
  Process& process = daemon.process();
  WriteFile(file, "log_level: warning\ndrain_time: 3s\nworker_threads: 5\n");
  process.Signal(SIGHUP);
  // What says so is a warning, which is the level from here on; what tells of success is below it.
  REQUIRE(process.Says("event=\"settings that only a restart changes\" keys=worker_threads"));
  CHECK(process.errors().find("configuration reloaded") == std::string::npos);
  WriteFile(file, "log_level: info\ndrain_time: 3s\nworker_threads: 8\n");
  process.Signal(SIGHUP);
  REQUIRE(process.Says("event=\"configuration reloaded\" changed=log_level"));
  WriteFile(file, "log_level: loud\n");
  process.Signal(SIGHUP);
  REQUIRE(process.Says("event=\"configuration not reloaded\""));
  CHECK(process.errors().find(file + ":1: log_level: ") != std::string::npos);
  CHECK(daemon.Call("GET", "/v1/mesh/control-planes").status == 200);
  CHECK(daemon.Stop() == 0);
}

TEST_CASE("the printed file to begin with starts a daemon", "[end_to_end][service]") {
  const TempDir dir;
  const Ran printed =
      Run({SKYDEN_BINARY, "serve", "--print-config=commented", "--data-dir", "/var/lib/skyden"});
  REQUIRE(printed.exit_code == 0);
  CHECK(printed.output.find("\ndata_dir: /var/lib/skyden\n") != std::string::npos);
  CHECK(printed.output.find("\n#http_address: \"127.0.0.1:5681\"\n") != std::string::npos);
  WriteFile(dir / "skyden.yaml", printed.output);
  const TestDaemon daemon({"--config", dir / "skyden.yaml"});
  CHECK(daemon.Call("GET", "/v1/mesh/control-planes").status == 200);
  const Ran other = Run({SKYDEN_BINARY, "serve", "--print-config=comented"});
  CHECK(other.exit_code == 2);
  CHECK(other.errors.find("did you mean \"commented\"?") != std::string::npos);
}

TEST_CASE("whether this version goes with a database can be asked", "[end_to_end][service]") {
  TestDaemon daemon;
  if (daemon.database() != nullptr) return;  // `store check` asks a server
  const std::vector<std::string> check = {SKYDEN_BINARY, "version", "--check", "--data-dir",
                                          daemon.data_dir()};
  const auto as_json = [&check] {
    auto words = check;
    words.insert(words.end(), {"-o", "json"});
    return Run(words);
  };
  CHECK(daemon.Stop() == 0);
  const Ran same = as_json();
  CHECK(same.exit_code == 0);
  const Json schema = Json::parse(same.output).at("schema");
  CHECK(schema.at("database_is") == "same");
  CHECK(schema.at("stored") == schema.at("known"));
  CHECK(Run(check).output.find("They go together") != std::string::npos);

  // The number stands in the file's header, where no checksum covers it.
  const std::string file = daemon.data_dir() + "/skyden.db";
  std::string bytes = ReadFile(file);
  const auto with_schema = [&](int number) {
    bytes.at(63) = static_cast<char>(number);
    WriteFile(file, bytes);
  };
  const int known = schema.at("known").get<int>();
  with_schema(known + 1);
  CHECK(as_json().exit_code == 1);
  CHECK(Json::parse(as_json().output).at("schema").at("database_is") == "newer");
  with_schema(known - 1);
  CHECK(as_json().exit_code == 0);
  CHECK(Json::parse(as_json().output).at("schema").at("database_is") == "older");
  CHECK(Run(check).output.find("keep a backup") != std::string::npos);
  WriteFile(file, "not a database");
  CHECK(Run(check).exit_code == 1);
  CHECK(Run(check).errors.find("is not a database of this program") != std::string::npos);
  const Ran nothing = Run({SKYDEN_BINARY, "version", "--check", "--data-dir", daemon.dir()});
  CHECK(nothing.exit_code == 1);
  CHECK(nothing.errors.find("cannot read") != std::string::npos);
}

}  // namespace
}  // namespace skyden::end_to_end
