// SPDX-License-Identifier: Apache-2.0
// What `skyden serve` is not started with although its configuration reads well, and how it stops
// when it is asked twice.
#include <catch2/catch.hpp>
#include <csignal>

#include "fmt/format.h"
#include "tests/end_to_end/daemon.h"
#include "tests/http/raw_client.h"
#include "tests/self_signed.h"

namespace skyden::end_to_end {
namespace {

using Words = std::vector<std::string>;

Words ServeWith(const std::string& data_dir, const Words& flags) {
  Words words = {SKYDEN_BINARY, "serve", "--data-dir", data_dir};
  for (const char* port : {"http", "admin", "kds", "diagnostics"}) {
    words.insert(words.end(), {fmt::format("--{}-address", port), "127.0.0.1:0"});
  }
  words.insert(words.end(), flags.begin(), flags.end());
  return words;
}

TEST_CASE("what only a start can see is one line that names the setting, and exit code 2",
          "[end_to_end][start]") {
  const TempDir dir;
  for (const char* name : {"one", "two"}) {
    REQUIRE(MakeSelfSigned("IP:127.0.0.1", dir / (std::string(name) + ".crt"),
                           dir / (std::string(name) + ".key")));
  }
  WriteFile(dir / "secret", "signs\n");
  struct Refused {
    Words flags;
    std::string why;
  };
  std::vector<Refused> all = {
      {{"--oidc-issuer", "https://login.example.com", "--oidc-audience", "a", "--oidc-organization",
        "none"},
       "oidc_organization: there is no organization"},
      {{"--audit-webhook-url", "http://127.0.0.1:x/", "--audit-webhook-secret-file",
        dir / "secret"},
       "audit_webhook_url: the URL has no usable host"},
      {{"--data-dir", dir / "no/such"}, "data_dir: cannot create"},
  };
  for (const std::string port : {"http", "admin", "kds"}) {
    all.push_back({{fmt::format("--{}-certificate-file", port), dir / "one.crt",
                    fmt::format("--{}-key-file", port), dir / "two.key"},
                   fmt::format("{}_address: TLS file {}: not the key of", port, dir / "two.key")});
  }
  std::vector<Words> lines;
  for (size_t i = 0; i < all.size(); ++i) {
    lines.push_back(ServeWith(dir / fmt::format("data-{}", i), all[i].flags));
  }
  const std::vector<Ran> ran = RunAll(lines);
  for (size_t i = 0; i < all.size(); ++i) {
    INFO(all[i].why << "\n" << ran[i].errors);
    CHECK(ran[i].exit_code == 2);
    CHECK(ran[i].output.empty());
    CHECK(ran[i].errors.find("event=\"cannot start\" reason=\"" + all[i].why) != std::string::npos);
    const std::string data = dir / fmt::format("data-{}", i);
    CHECK(ReadFile(data + "/addresses.json").empty());
  }
}

TEST_CASE("a switch takes what its setting takes, and says what it does not",
          "[end_to_end][start]") {
  const auto print = [](const std::string& flag) {
    return Words{SKYDEN_BINARY, "serve", "--print-config", flag};
  };
  const std::vector<Ran> ran =
      RunAll({print("--kds-allow-plaintext"), print("--kds-allow-plaintext=true"),
              print("--kds-allow-plaintext=false"), print("--kds-allow-plaintext=maybe")});
  CHECK(ran[0].output.find("\nkds_allow_plaintext: true\n") != std::string::npos);
  CHECK(ran[1].output == ran[0].output);
  CHECK(ran[2].output.find("\nkds_allow_plaintext: false\n") != std::string::npos);
  CHECK(ran[3].exit_code == 2);
  CHECK(ran[3].errors == "Error: --kds-allow-plaintext: \"maybe\" is not true or false\n");
}

TEST_CASE("flags win over variables and those over the file, for a start as well",
          "[end_to_end][start]") {
  const TempDir dir;
  WriteFile(dir / "c.yaml", "worker_threads: 3\nstore_readers: 3\ndrain_time: 3s\n");
  const Ran ran = Run(
      {SKYDEN_BINARY, "serve", "--print-config", "--config", dir / "c.yaml", "--drain-time", "5s"},
      {{"SKYDEN_STORE_READERS", "4"}, {"SKYDEN_DRAIN_TIME", "4s"}});
  CHECK(ran.exit_code == 0);
  CHECK(ran.output.find("worker_threads: 3\nstore_readers: 4\ndrain_time: 5s\n") !=
        std::string::npos);
}

TEST_CASE("a daemon that is asked to stop twice waits for nobody", "[end_to_end][start]") {
  TestDaemon daemon({"--drain-time", "1h"});
  // A request that is let in and does not come to its end.
  const std::string text = fmt::format(
      "PUT {}/meshes/x HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n"
      "content-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n",
      TestDaemon::ApiOf(daemon.CreateControlPlane("demo")), daemon.token());
  http::RawClient slow(daemon.address("http"));
  REQUIRE(slow.Send(text));
  REQUIRE(slow.ReadUntil("\r\n").find("100") != std::string::npos);
  daemon.process().Signal(SIGTERM);
  REQUIRE(daemon.process().Says("event=draining"));
  CHECK(daemon.process().running());
  daemon.process().Signal(SIGTERM);
  CHECK(daemon.process().Wait() == -SIGTERM);
  // Nothing is lost by it.
  daemon.Start();
  CHECK(daemon.Call("GET", "/v1/mesh/control-planes").body.at("data").size() == 1);
}

}  // namespace
}  // namespace skyden::end_to_end
