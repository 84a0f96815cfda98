// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <sstream>

#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

struct Mistake {
  std::vector<std::string> flags;
  std::string field;
};

// Lines that are not the log's ordinary ones.
size_t Complaints(const std::string& errors) {
  size_t count = 0;
  std::istringstream lines(errors);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("level=info") == std::string::npos) ++count;
  }
  return count;
}

TEST_CASE("a mistake in the configuration is one line that names the field, and exit code 2",
          "[end_to_end]") {
  const TempDir dir;
  WriteFile(dir.path() + "/unknown.yaml", "http_adress: 127.0.0.1:0\n");
  WriteFile(dir.path() + "/file", "not a folder");
  WriteFile(dir.path() + "/bad.key", "this is no key\n");
  const std::string data = dir.path() + "/data";
  const std::vector<Mistake> mistakes = {
      {{"--config", dir.path() + "/unknown.yaml"}, "http_adress"},
      {{"--config", dir.path() + "/missing.yaml"}, "--config"},
      {{"--http-address", "example.com:80"}, "--http-address"},
      {{"--http-address", "0.0.0.0:0"}, "http_address"},
      {{"--kds-certificate-file", dir.path() + "/file"}, "kds_key_file"},
      {{"--kds-certificate-file", dir.path() + "/file", "--kds-key-file", dir.path() + "/file"},
       "kds_address"},
      {{"--http-certificate-file", dir.path() + "/file", "--http-key-file", dir.path() + "/file"},
       "http_address"},
      {{"--log-level", "loud"}, "--log-level"},
      {{"--data-dir", dir.path() + "/file"}, "data_dir"},
      {{"--secrets-key-file", dir.path() + "/bad.key"}, "secrets_key_file"},
      {{"--no-such-flag"}, "--no-such-flag"},
  };
  for (const Mistake& mistake : mistakes) {
    std::vector<std::string> arguments = {SKYDEN_BINARY,
                                          "serve",
                                          "--data-dir",
                                          data,
                                          "--http-address",
                                          "127.0.0.1:0",
                                          "--admin-address",
                                          "127.0.0.1:0",
                                          "--kds-address",
                                          "127.0.0.1:0",
                                          "--diagnostics-address",
                                          "127.0.0.1:0"};
    arguments.insert(arguments.end(), mistake.flags.begin(), mistake.flags.end());
    const Ran ran = Run(arguments);
    INFO(ran.errors);
    CHECK(ran.exit_code == 2);
    CHECK(ran.errors.find(mistake.field) != std::string::npos);
    // A mistyped flag gets a second line, with advice.
    CHECK(Complaints(ran.errors) <= (mistake.field == "--no-such-flag" ? 2 : 1));
  }
}

TEST_CASE("a port that is taken is exit code 1, and says which", "[end_to_end]") {
  const TestDaemon daemon;
  const TempDir dir;
  const std::string port = GENERATE("http", "admin", "kds", "diagnostics");
  std::vector<std::string> arguments = {SKYDEN_BINARY, "serve", "--data-dir", dir.path() + "/data"};
  for (const std::string other : {"http", "admin", "kds", "diagnostics"}) {
    arguments.push_back("--" + other + "-address");
    arguments.push_back(other == port ? daemon.address(port) : "127.0.0.1:0");
  }
  const Ran ran = Run(arguments);
  INFO(ran.errors);
  CHECK(ran.exit_code == 1);
  CHECK(ran.errors.find(port + "_address") != std::string::npos);
  CHECK(ran.errors.find(daemon.address(port)) != std::string::npos);
}

TEST_CASE("the effective configuration can be printed without starting", "[end_to_end]") {
  const TempDir dir;
  WriteFile(dir.path() + "/c.yaml", "kds_address: 127.0.0.1:1\nlog_level: debug\n");
  const Ran ran = Run({SKYDEN_BINARY, "serve", "--config", dir.path() + "/c.yaml", "--print-config",
                       "--kds-address", "127.0.0.1:2"},
                      {{"SKYDEN_LOG_LEVEL", "error"}});
  CHECK(ran.exit_code == 0);
  CHECK(ran.output.find("kds_address: \"127.0.0.1:2\"\n") != std::string::npos);
  CHECK(ran.output.find("log_level: error\n") != std::string::npos);
}

}  // namespace
}  // namespace skyden::end_to_end
