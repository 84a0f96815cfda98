// SPDX-License-Identifier: Apache-2.0
// Who may run the daemon, seen from outside: the last one stays, and a lost one is replaced.
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

Ran OperatorToken(const TestDaemon& daemon, const std::string& data_dir,
                  const std::vector<std::string>& flags = {}) {
  std::vector<std::string> arguments = {SKYDEN_BINARY, "operator-token", "--data-dir", data_dir};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return Run(arguments, daemon.environment());
}

TEST_CASE("the last operator is not taken away, and the daemon starts again",
          "[end_to_end][operator]") {
  TestDaemon daemon;
  const Json me = daemon.Call("GET", "/v3/system-accounts/me").body;
  const std::string path = "/v3/system-accounts/" + me.at("id").get<std::string>();
  const Json roles = daemon.Call("GET", path + "/assigned-roles").body.at("data");
  REQUIRE(roles.size() == 1);
  const Json tokens = daemon.Call("GET", path + "/access-tokens").body.at("data");
  REQUIRE(tokens.size() == 1);
  for (const std::string& what :
       {path + "/assigned-roles/" + roles[0].at("id").get<std::string>(),
        path + "/access-tokens/" + tokens[0].at("id").get<std::string>(), path}) {
    INFO(what);
    const Answer refused = daemon.Call("DELETE", what);
    CHECK(refused.status == 409);
    CHECK(refused.body.at("detail").get<std::string>().find("another account the role Operator") !=
          std::string::npos);
  }
  REQUIRE(daemon.Stop() == 0);
  daemon.Start();
  CHECK(daemon.Call("GET", "/v3/organizations").status == 200);
}

TEST_CASE("an operator's token is made anew, but not under a running daemon",
          "[end_to_end][operator]") {
  TestDaemon daemon;
  const Ran held = OperatorToken(daemon, daemon.data_dir());
  CHECK(held.exit_code == 1);
  CHECK(held.output.empty());
  CHECK(held.errors.find("another process holds the data directory: stop it") != std::string::npos);
  CHECK(held.errors.find("skyden token create") != std::string::npos);

  REQUIRE(daemon.Stop() == 0);
  const std::string before = daemon.token();
  const Ran printed = OperatorToken(daemon, daemon.data_dir(), {"-o", "json"});
  INFO(printed.errors);
  REQUIRE(printed.exit_code == 0);
  const std::string token = Json::parse(printed.output).at("token");
  CHECK(Json::parse(printed.output).at("account") == "operator");
  CHECK(daemon.token() == before);

  const std::string file = daemon.data_dir() + "/admin.token";
  const Ran written = OperatorToken(daemon, daemon.data_dir(), {"--write"});
  REQUIRE(written.exit_code == 0);
  CHECK(written.output == "A token of \"operator\" is in " + file + ".\n");
  CHECK(daemon.token() != before);
  struct stat info {};
  REQUIRE(stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 07777) == 0600);

  daemon.Start();
  for (const std::string& one : {before, token, daemon.token()}) {
    CHECK(Rest(daemon.base(), one).Call("GET", "/v3/organizations").status == 200);
  }
  const Ran audit = daemon.Cli({"audit", "list", "--filter", "action=token.create"});
  CHECK(audit.output.find("operator-token: somebody at the machine") != std::string::npos);
  CHECK(daemon.Cli({"audit", "verify"}).exit_code == 0);

  const Ran nowhere = OperatorToken(daemon, daemon.dir() + "/nowhere");
  CHECK(nowhere.exit_code == 1);
  if (daemon.database() == nullptr) {
    CHECK(nowhere.errors.find("there is no database in") != std::string::npos);
  }
}

}  // namespace
}  // namespace skyden::end_to_end
