// SPDX-License-Identifier: Apache-2.0
// Who gets in, and how often.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "fmt/format.h"
#include "tests/end_to_end/daemon.h"
#include "tests/skip.h"

namespace skyden::end_to_end {
namespace {

constexpr char kControlPlanes[] = "/v1/mesh/control-planes";

TEST_CASE("too many requests with one token are answered 429, and when to come again",
          "[end_to_end][door]") {
  TestDaemon daemon({"--requests-per-second-per-token", "1"});
  Ran last;
  for (int i = 0; i < 5; ++i) {
    last = Run({"curl", "-sS", "-i", daemon.base() + kControlPlanes, "-H",
                "authorization: Bearer " + daemon.token()});
  }
  INFO(last.output << last.errors);
  CHECK(last.output.find("HTTP/1.1 429 ") == 0);
  CHECK(last.output.find("\r\nRetry-After: 1\r\n") != std::string::npos);
  CHECK(last.output.find("application/problem+json") != std::string::npos);
}

TEST_CASE("an address that asks too often is held back, whatever it asks for",
          "[end_to_end][door]") {
  TestDaemon daemon({"--requests-per-second-per-address", "1"});
  const auto statuses = [&](const std::string& path) {
    Rest stranger(daemon.base(), "");
    std::vector<int> all;
    for (int i = 0; i < 6; ++i) all.push_back(stranger.Call("GET", path).status);
    return all;
  };
  for (const char* path : {"/openapi.yaml", "/nothing", "/v3/nothing", kControlPlanes}) {
    CAPTURE(path);
    const auto seen = statuses(path);
    CHECK(std::count(seen.begin(), seen.end(), 429) >= 3);
  }
}

TEST_CASE("bad credentials have to wait after a while, good ones never", "[end_to_end][door]") {
  TestDaemon daemon;
  Rest guessing(daemon.base(), "sksat_abc_guess");
  int status = 401;
  for (int i = 0; i < 200 && status == 401; ++i)
    status = guessing.Call("GET", kControlPlanes).status;
  CHECK(status == 429);
  CHECK(daemon.Call("GET", kControlPlanes).status == 200);
  CHECK(Rest(daemon.base(), "").Call("GET", kControlPlanes).status == 401);
}

TEST_CASE("with a client authority the admin port opens to its certificates only",
          "[end_to_end][door]") {
  if (Run({SKYDEN_TOOLS_DIR "/grpcurl", "--version"}).exit_code != 0) {
    Skip("there is no grpcurl; tests/install_dependencies.sh says why it was not built");
    return;
  }
  const TempDir folder;
  const std::string at = folder.path() + "/";
  const auto make = [&](const std::string& name) {
    const Ran made = Run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                          "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1",
                          "-keyout", at + name + ".key", "-out", at + name + ".pem"});
    REQUIRE(made.exit_code == 0);
  };
  for (const char* name : {"server", "client", "stranger"}) make(name);
  TestDaemon daemon({"--admin-certificate-file", at + "server.pem", "--admin-key-file",
                     at + "server.key", "--admin-client-ca-file", at + "client.pem"});
  const auto health = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(),
                 {SKYDEN_TOOLS_DIR "/grpcurl", "-max-time", "10", "-cacert", at + "server.pem"});
    flags.insert(flags.end(), {daemon.address("admin"), "grpc.health.v1.Health/Check"});
    return Run(flags);
  };
  const Ran good = health({"-cert", at + "client.pem", "-key", at + "client.key"});
  INFO(good.output << good.errors);
  CHECK(good.exit_code == 0);
  CHECK(health({}).exit_code != 0);
  CHECK(health({"-cert", at + "stranger.pem", "-key", at + "stranger.key"}).exit_code != 0);
}

TEST_CASE("a webhook without a secret, and a client authority without TLS, are refused at start",
          "[end_to_end][door]") {
  const TempDir folder;
  const auto serve = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {SKYDEN_BINARY, "serve", "--data-dir", folder.path() + "/data"});
    return Run(flags);
  };
  const Ran no_secret = serve({"--audit-webhook-url", "http://127.0.0.1:1/"});
  CHECK(no_secret.exit_code == 2);
  CHECK(no_secret.errors.find("audit_webhook_secret_file") != std::string::npos);
  CHECK(serve({"--audit-webhook-url", "ftp://x"}).exit_code == 2);
  CHECK(serve({"--audit-retention", "5s"}).exit_code == 2);
  CHECK(serve({"--admin-client-ca-file", "/etc/hostname"}).exit_code == 2);
}

TEST_CASE("two authorization headers are refused, be they the same", "[end_to_end][door]") {
  const TestDaemon daemon;
  const std::string header = "authorization: Bearer " + daemon.token();
  const std::string url = daemon.base() + "/v1/mesh/control-planes";
  CHECK(Run({"curl", "-sS", "-i", url, "-H", header}).output.find("HTTP/1.1 200 ") == 0);
  CHECK(Run({"curl", "-sS", "-i", url, "-H", header, "-H", header}).output.find("HTTP/1.1 400 ") ==
        0);
}

}  // namespace
}  // namespace skyden::end_to_end
