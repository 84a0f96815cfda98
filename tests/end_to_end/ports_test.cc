// SPDX-License-Identifier: Apache-2.0
// What a daemon says of its own ports, and of the descriptors that it needs for them.
#include <httplib.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "fmt/format.h"
#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

// One connection that stays: a new one would need a descriptor of the daemon.
httplib::Client Diagnostics(const TestDaemon& daemon) {
  httplib::Client client("http://" + daemon.address("diagnostics"));
  client.set_keep_alive(true);
  client.set_read_timeout(kPatience / absl::Seconds(1));
  return client;
}

size_t OpenFiles(pid_t pid) {
  size_t count = 0;
  for ([[maybe_unused]] const auto& file :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", pid))) {
    ++count;
  }
  return count;
}

TEST_CASE("a daemon that is short of descriptors is not ready, and ready again with some",
          "[end_to_end][ports]") {
  TestDaemon daemon;
  httplib::Client client = Diagnostics(daemon);
  REQUIRE(client.Get("/ready")->status == 200);
  rlimit before{};
  REQUIRE(prlimit(daemon.process().pid(), RLIMIT_NOFILE, nullptr, &before) == 0);
  CHECK(before.rlim_cur == std::min<rlim_t>(before.rlim_max, 1u << 20));
  rlimit none = before;
  none.rlim_cur = 1;
  REQUIRE(prlimit(daemon.process().pid(), RLIMIT_NOFILE, &none, nullptr) == 0);
  std::string said;
  for (int i = 0; i < 100'000 && said.find("does not answer") == std::string::npos; ++i) {
    said = client.Get("/ready")->body;
  }
  CHECK(said.find("the REST port does not answer: no socket") == 0);
  REQUIRE(prlimit(daemon.process().pid(), RLIMIT_NOFILE, &before, nullptr) == 0);
  int status = 0;
  for (int i = 0; i < 100'000 && status != 200; ++i) status = client.Get("/ready")->status;
  CHECK(status == 200);
}

TEST_CASE("the probes of readiness leave nothing behind", "[end_to_end][ports]") {
  TestDaemon daemon({"--log-level", "warning"});
  httplib::Client client = Diagnostics(daemon);
  REQUIRE(client.Get("/ready")->status == 200);
  const std::string log = daemon.process().errors();
  // All that was opened for it is closed again, in time.
  const size_t before = OpenFiles(daemon.process().pid());
  for (int i = 0; i < 1000; ++i) REQUIRE(client.Get("/ready")->status == 200);
  CHECK(OpenFiles(daemon.process().pid()) <= before + 8);
  CHECK(daemon.process().errors() == log);
}

TEST_CASE("a start under a small limit has fewer connections, or says what it needs",
          "[end_to_end][ports]") {
  const TempDir dir;
  const auto serve = [&](const std::string& limit, std::vector<std::string> flags) {
    std::string command = fmt::format(
        "ulimit -n {}; exec \"$0\" serve --data-dir {}/data --http-address 127.0.0.1:0 "
        "--admin-address 127.0.0.1:0 --kds-address 127.0.0.1:0 --diagnostics-address 127.0.0.1:0",
        limit, dir.path());
    for (const std::string& flag : flags) command += " " + flag;
    return std::make_unique<Process>(std::vector<std::string>{"bash", "-c", command, SKYDEN_BINARY},
                                     dir.path() + "/out");
  };
  const auto refused = serve("4096", {"--kds-connections", "10000"});
  CHECK(refused->Wait() == 1);
  const std::string why = refused->errors();
  INFO(why);
  CHECK(why.find("10") != std::string::npos);
  CHECK(why.find("descriptors are needed") != std::string::npos);
  CHECK(why.find("the limit is 4096") != std::string::npos);
  CHECK(std::count(why.begin(), why.end(), '\n') == 1);

  const auto fits = serve("4096", {});
  std::string log;
  for (int i = 0;
       i < 1'000'000 && fits->running() && log.find("fewer connections") == std::string::npos;
       ++i) {
    log = fits->errors();
  }
  INFO(log);
  CHECK(log.find("fewer connections than by default") != std::string::npos);
  CHECK(log.find("event=serving") != std::string::npos);
  fits->Signal(SIGTERM);
  CHECK(fits->Wait() == 0);
}

}  // namespace
}  // namespace skyden::end_to_end
