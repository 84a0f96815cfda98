// SPDX-License-Identifier: Apache-2.0
// The daemon on a disk that fails while it runs (see faulty_disk.cc).
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "tests/end_to_end/daemon.h"
#include "tests/end_to_end/files_of_sqlite.h"

namespace skyden::end_to_end {
namespace {

// A folder of orders to the disk of a daemon.
class Faults {
 public:
  // Sanitizers want to be loaded first; what is preloaded here does not mind.
  std::map<std::string, std::string> environment() const {
    return {{"LD_PRELOAD", SKYDEN_FAULTY_DISK},
            {"FAULTY_DISK_ORDERS", folder_.path()},
            {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
  }
  void Begin(const std::string& fault) const { WriteFile(folder_.path() + "/" + fault, ""); }
  void End(const std::string& fault) const {
    REQUIRE(std::remove((folder_.path() + "/" + fault).c_str()) == 0);
  }

 private:
  TempDir folder_;
};

Rest Diagnostics(const TestDaemon& daemon) {
  return Rest("http://" + daemon.address("diagnostics"), "");
}

std::string PathOf(const std::string& id, const std::string& name) {
  return TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/" + name;
}

TEST_CASE("a daemon whose disk fails a sync acknowledges nothing more and ends with the reason",
          "[end_to_end][disk]") {
  if (SkipsFilesOfSqlite()) return;
  const Faults faults;
  TestDaemon daemon({}, faults.environment());
  const auto id = daemon.CreateControlPlane("demo");
  REQUIRE(daemon.Call("PUT", PathOf(id, "before"), Timeout("before", 5)).status == 201);

  faults.Begin("fail-sync");
  const Answer refused = daemon.Call("PUT", PathOf(id, "after"), Timeout("after", 5));
  CHECK((refused.status == 0 || refused.status == 503));  // it may be gone before it can say so
  CHECK(daemon.process().Wait() == 1);
  const std::string said = daemon.process().errors();
  INFO(said);
  CHECK(said.find("event=stopping reason=\"writes stopped: commit: disk I/O error") !=
        std::string::npos);
  CHECK(said.find("event=serving") < said.find("event=stopping"));

  faults.End("fail-sync");
  daemon.Start();
  CHECK(daemon.Call("GET", PathOf(id, "before")).status == 200);
  CHECK(daemon.Call("PUT", PathOf(id, "again"), Timeout("again", 5)).status == 201);
  CHECK(daemon.Stop() == 0);
}

TEST_CASE("a daemon does not start on a disk that fails a sync", "[end_to_end][disk]") {
  const Faults faults;
  faults.Begin("fail-sync");
  const Ran ran = Run({SKYDEN_BINARY, "serve", "--data-dir", TempDir().path() + "/data",
                       "--http-address", "127.0.0.1:0", "--admin-address", "127.0.0.1:0",
                       "--kds-address", "127.0.0.1:0", "--diagnostics-address", "127.0.0.1:0"},
                      faults.environment());
  INFO(ran.errors);
  CHECK(ran.exit_code == 1);
  CHECK(ran.errors.find("event=\"cannot start\"") != std::string::npos);
  CHECK(ran.errors.find("Input/output error") != std::string::npos);
}

TEST_CASE("a daemon that gets no threads says so in one line", "[end_to_end][disk]") {
  const Faults faults;
  faults.Begin("no-threads");
  const Ran ran =
      Run({SKYDEN_BINARY, "serve", "--data-dir", TempDir().path() + "/data"}, faults.environment());
  INFO(ran.errors);
  CHECK(ran.exit_code == 1);
  CHECK(std::count(ran.errors.begin(), ran.errors.end(), '\n') == 1);
  CHECK(ran.errors.find("threads") != std::string::npos);
  CHECK(ran.errors.find("worker_threads") != std::string::npos);
}

TEST_CASE("on a full disk writes are refused, reads and zones go on, and it heals by itself",
          "[end_to_end][disk]") {
  if (SkipsFilesOfSqlite()) return;
  const Faults faults;
  TestDaemon daemon({}, faults.environment());
  const auto id = daemon.CreateControlPlane("demo");
  const auto zone =
      daemon.Simulate("zone-1", daemon.GlobalAddress(id, daemon.Provision(id, "zone-1")));
  REQUIRE(zone->Prints("in sync"));
  REQUIRE(daemon.Call("PUT", PathOf(id, "before"), Timeout("before", 5)).status == 201);
  REQUIRE(daemon.Call("PUT", PathOf(id, "spare"), Timeout("spare", 5)).status == 201);
  REQUIRE(zone->Prints("now has MeshTimeout: before"));
  const auto late =
      daemon.Simulate("zone-2", daemon.GlobalAddress(id, daemon.Provision(id, "zone-2")),
                      {"--dataplanes", "2", "--until-synced"});
  CHECK(late->Wait() == 0);
  const auto waiting = daemon.Provision(id, "zone-3");

  // What is small may find a place in a WAL that starts over; this does not.
  const std::string secrets = TestDaemon::ApiOf(id) + "/global-secrets/";
  const auto put_large = [&](const std::string& name) {
    return daemon.Call(
        "PUT", secrets + name,
        {{"type", "GlobalSecret"}, {"name", name}, {"data", std::string(15 << 18, 'A')}});
  };
  faults.Begin("disk-full");
  const Answer refused = put_large("refused");
  INFO(refused.body.dump());
  CHECK(refused.status == 507);
  CHECK(refused.body.dump().find("the disk is full") != std::string::npos);
  CHECK(put_large("another").status == 507);
  const Answer not_ready = Diagnostics(daemon).Call("GET", "/ready");
  CHECK(not_ready.status == 503);
  CHECK(not_ready.body.dump().find("the disk is full") != std::string::npos);
  CHECK(Diagnostics(daemon).Call("GET", "/healthy").status == 200);
  // Deleting has room of its own.
  CHECK(daemon.Call("DELETE", PathOf(id, "spare")).status == 200);
  CHECK(daemon.Call("GET", PathOf(id, "spare")).status == 404);
  CHECK(zone->Prints("no longer has MeshTimeout: spare"));
  CHECK(daemon.Call("GET", PathOf(id, "before")).status == 200);
  CHECK(daemon.Call("GET", secrets + "refused").status == 404);
  // A zone that comes now gets its policies; what it has to say is not lost, at most late.
  const auto newcomer =
      daemon.Simulate("zone-3", daemon.GlobalAddress(id, waiting), {"--dataplanes", "3"});
  CHECK(newcomer->Prints("MeshTimeout: before"));
  INFO(newcomer->output() << daemon.process().errors());
  CHECK(daemon.process().running());

  faults.End("disk-full");
  CHECK(newcomer->Prints("took 3 Dataplane"));
  CHECK(put_large("refused").status == 201);
  CHECK(daemon.Call("PUT", PathOf(id, "after"), Timeout("after", 5)).status == 201);
  // Asked once it looks for room; asked twice it has found some.
  Diagnostics(daemon).Call("GET", "/ready");
  CHECK(daemon.Call("PUT", PathOf(id, "again"), Timeout("again", 5)).status == 201);
  CHECK(Diagnostics(daemon).Call("GET", "/ready").status == 200);
  CHECK(zone->Prints("now has MeshTimeout: after"));
  CHECK(zone->output().find("disconnected") == std::string::npos);
  CHECK(daemon.Stop() == 0);
}

TEST_CASE("who goes on writing to a full disk leaves others the room to delete",
          "[end_to_end][disk]") {
  const Faults faults;
  TestDaemon daemon({}, faults.environment());
  const auto greedy = daemon.CreateControlPlane("greedy");
  const auto other = daemon.CreateControlPlane("other");
  const auto put = [&](const std::string& name) {
    return daemon
        .Call("PUT", TestDaemon::ApiOf(greedy) + "/global-secrets/" + name,
              {{"type", "GlobalSecret"}, {"name", name}, {"data", std::string(1 << 18, 'A')}})
        .status;
  };
  constexpr int kOthers = 5;
  for (int i = 0; i < kOthers; ++i) {
    const std::string name = fmt::format("t-{}", i);
    REQUIRE(daemon.Call("PUT", PathOf(other, name), Timeout(name, 5)).status == 201);
  }
  constexpr int kBefore = 24;
  for (int i = 0; i < kBefore; ++i) REQUIRE(put(fmt::format("before-{}", i)) == 201);
  faults.Begin("disk-full");
  // Some find a place in a WAL that starts over. In the database there is none, but for what is
  // kept for deletions.
  for (int i = 0; i < 300; ++i) put(fmt::format("more-{}", i));
  for (int i = 0; i < kOthers; ++i) {
    CHECK(daemon.Call("DELETE", PathOf(other, fmt::format("t-{}", i))).status == 200);
  }
  // What was removed is a place for others, while the disk is as full as before.
  for (int i = 0; i < kBefore; ++i) {
    const std::string secret = fmt::format("/global-secrets/before-{}", i);
    CHECK(daemon.Call("DELETE", TestDaemon::ApiOf(greedy) + secret).status == 200);
  }
  CHECK((put("again") == 201 || put("again") == 201));
  CHECK(daemon.Stop() == 0);
}

}  // namespace
}  // namespace skyden::end_to_end
