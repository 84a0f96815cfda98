// SPDX-License-Identifier: Apache-2.0
// The real daemon, as its own process on free ports, and what a user of it does.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/end_to_end/process.h"
#include "tests/temp_dir.h"

namespace skyden::store::testing {
class PostgresDatabase;
}

namespace skyden::end_to_end {

using Json = nlohmann::json;

struct Answer {
  int status = 0;  // 0: no answer
  Json body;       // a string when it is not JSON
};

// One keep-alive connection to a daemon's REST API. Thread-compatible.
class Rest {
 public:
  // `ca_file` for an https:// base.
  Rest(std::string base, std::string token, const std::string& ca_file = "");
  ~Rest();
  Rest(Rest&&) noexcept;
  Answer Call(const std::string& method, const std::string& path, const Json& body = nullptr);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Its store is the embedded one, unless SKYDEN_TEST_STORE says otherwise (tests/store/
// postgres_engine.h): then a database of its own.
class TestDaemon {
 public:
  // `environment` is kept over restarts.
  explicit TestDaemon(std::vector<std::string> flags = {},
                      std::map<std::string, std::string> environment = {});
  ~TestDaemon();

  // Starts it in its data directory; fails the test when it does not come up.
  void Start();
  // SIGTERM; its exit code.
  int Stop();
  void Kill();

  std::string data_dir() const { return dir_.path() + "/data"; }
  const std::string& dir() const { return dir_.path(); }
  // What it is run with: for other commands on what it keeps.
  const std::map<std::string, std::string>& environment() const { return environment_; }
  // nullptr when its store is the embedded one.
  const store::testing::PostgresDatabase* database() const { return database_.get(); }
  const Json& addresses() const { return addresses_; }
  std::string address(const std::string& port) const {
    return addresses_.at(port).get<std::string>();
  }
  std::string token() const;
  std::string base() const;
  Process& process() { return *process_; }

  Rest NewRest() const { return Rest(base(), token()); }
  Answer Call(const std::string& method, const std::string& path, const Json& body = nullptr) const;

  // The binary as a client of this daemon.
  Ran Cli(std::vector<std::string> arguments) const;
  // Returns the new control plane's id, and the path of its API.
  std::string CreateControlPlane(const std::string& name, const std::string& version = "v2") const;
  static std::string ApiOf(const std::string& id) {
    return "/v1/mesh/control-planes/" + id + "/api";
  }
  // A zone's token.
  std::string Provision(const std::string& id, const std::string& zone) const;
  // "grpc://<id>:<token>@<kds address>".
  std::string GlobalAddress(const std::string& id, const std::string& token) const;
  // A simulated zone in the background; `name` also names its output.
  std::unique_ptr<Process> Simulate(const std::string& name, const std::string& global,
                                    std::vector<std::string> flags = {}) const;

 private:
  TempDir dir_;
  std::vector<std::string> flags_;
  std::map<std::string, std::string> environment_;
  std::unique_ptr<store::testing::PostgresDatabase> database_;
  std::unique_ptr<Process> process_;
  Json addresses_;
};

// A MeshTimeout, told from others by its connection timeout.
Json Timeout(const std::string& name, int seconds);

}  // namespace skyden::end_to_end
