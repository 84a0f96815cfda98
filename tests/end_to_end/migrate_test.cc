// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/audit/receiver.h"
#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

Ran MigrateAt(const TestDaemon& daemon, const std::string& data_dir,
              const std::vector<std::string>& flags = {}) {
  std::vector<std::string> arguments = {SKYDEN_BINARY, "migrate", "--data-dir", data_dir};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return Run(arguments, daemon.environment());
}
Ran Migrate(const TestDaemon& daemon, const std::vector<std::string>& flags = {}) {
  return MigrateAt(daemon, daemon.data_dir(), flags);
}

TEST_CASE("a rotated secrets key changes nothing that anybody sees", "[end_to_end][migrate]") {
  TestDaemon daemon;
  const std::string api = TestDaemon::ApiOf(daemon.CreateControlPlane("demo"));
  const Json secret = {{"type", "GlobalSecret"}, {"name", "mine"}, {"data", "cGxhaW4="}};
  REQUIRE(daemon.Call("PUT", api + "/global-secrets/mine", secret).status == 201);
  const Json stored = daemon.Call("GET", api + "/global-secrets/mine").body;
  const std::string user_token =
      daemon
          .Call("POST", api + "/tokens/user",
                {{"name", "john"}, {"groups", {"team-a"}}, {"validFor", "1h"}})
          .body.get<std::string>();
  const std::string key_file = daemon.data_dir() + "/secrets.key";
  const std::string old_keys = ReadFile(key_file);

  const Ran refused = Migrate(daemon, {"--rotate-secrets-key"});
  CHECK(refused.exit_code == 1);
  CHECK(refused.errors.find("data_dir: ") != std::string::npos);
  CHECK(ReadFile(key_file) == old_keys);

  REQUIRE(daemon.Stop() == 0);
  const Ran rotated = Migrate(daemon, {"--rotate-secrets-key", "-o", "json"});
  INFO(rotated.errors);
  REQUIRE(rotated.exit_code == 0);
  const Json report = Json::parse(rotated.output);
  CHECK(report.at("control_planes") == 1);
  CHECK(report.at("secrets") >= 2);  // the one above, and the key of the user token
  const std::string new_keys = ReadFile(key_file);
  CHECK(std::count(new_keys.begin(), new_keys.end(), '\n') == 1);
  CHECK(new_keys.substr(0, new_keys.find(' ')) != old_keys.substr(0, old_keys.find(' ')));
  CHECK(new_keys.substr(new_keys.find(' ')) != old_keys.substr(old_keys.find(' ')));
  CHECK((std::filesystem::status(key_file).permissions() & std::filesystem::perms::all) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));

  daemon.Start();
  CHECK(daemon.Call("GET", api + "/global-secrets/mine").body == stored);
  Rest john(daemon.base(), user_token);
  CHECK(john.Call("GET", api + "/who-am-i").body.at("name") == "john");
  CHECK(daemon.Cli({"audit", "verify"}).exit_code == 0);
}

TEST_CASE("an organization's audit goes where it says, after a rotation too",
          "[end_to_end][migrate]") {
  audit::Receiver receiver;
  TestDaemon daemon({"--audit-destinations-internal"});
  const Answer made = daemon.Call(
      "POST", "/v3/audit-log-destinations",
      {{"name", "siem"}, {"endpoint", receiver.url()}, {"authorization", "Bearer s3cret"}});
  INFO(made.body);
  REQUIRE(made.status == 201);
  REQUIRE(daemon
              .Call("PATCH", "/v3/audit-log-webhook",
                    {{"audit_log_destination_id", made.body.at("id")}, {"enabled", true}})
              .status == 200);
  receiver.AwaitText("audit_webhook.update");
  REQUIRE(daemon.Stop() == 0);
  REQUIRE(Migrate(daemon, {"--rotate-secrets-key"}).exit_code == 0);
  daemon.Start();
  const size_t before = receiver.Requests().size();
  daemon.CreateControlPlane("after");
  receiver.AwaitText("control_plane.create");
  const auto requests = receiver.Requests();
  REQUIRE(requests.size() > before);
  for (const auto& request : requests) {
    CHECK(request.get_header_value("authorization") == "Bearer s3cret");
  }
  const Answer status = daemon.Call("GET", "/v3/audit-log-webhook/status");
  CHECK(status.body.at("webhook_status") == "active");
  CHECK(status.body.at("entries_delivered") >= 1);
}

TEST_CASE("secrets that were sealed before a rotation need its key", "[end_to_end][migrate]") {
  TestDaemon daemon;
  const std::string api = TestDaemon::ApiOf(daemon.CreateControlPlane("demo"));
  const Json secret = {{"type", "GlobalSecret"}, {"name", "mine"}, {"data", "cGxhaW4="}};
  REQUIRE(daemon.Call("PUT", api + "/global-secrets/mine", secret).status == 201);
  REQUIRE(daemon.Stop() == 0);
  const std::string key_file = daemon.data_dir() + "/secrets.key";
  const std::string old_keys = ReadFile(key_file);
  REQUIRE(Migrate(daemon, {"--rotate-secrets-key"}).exit_code == 0);
  const std::string new_keys = ReadFile(key_file);

  // The old key opens nothing any more.
  WriteFile(key_file, old_keys);
  const Ran refused = Migrate(daemon);
  INFO(refused.errors);
  CHECK(refused.exit_code == 1);
  CHECK(refused.errors.find("secrets_key_file: the key does not open") != std::string::npos);

  WriteFile(key_file, new_keys);
  daemon.Start();
  CHECK(daemon.Call("GET", api + "/global-secrets/mine").body.at("data") == "cGxhaW4=");
}

TEST_CASE("a migration without a database or with a bad key file says so",
          "[end_to_end][migrate]") {
  TestDaemon daemon;
  REQUIRE(daemon.Stop() == 0);
  const Ran fine = Migrate(daemon);
  CHECK(fine.exit_code == 0);
  CHECK(fine.output == "The database is up to date.\n");

  if (daemon.database() == nullptr) {
    const Ran missing = MigrateAt(daemon, daemon.dir() + "/nowhere");
    CHECK(missing.exit_code == 1);
    CHECK(missing.errors.find("data_dir: there is no database in") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(daemon.dir() + "/nowhere"));
  }

  WriteFile(daemon.data_dir() + "/secrets.key", "not a key\n");
  const Ran bad = Migrate(daemon, {"--rotate-secrets-key"});
  CHECK(bad.exit_code == 2);
  CHECK(bad.errors.find("secrets_key_file: ") != std::string::npos);
  CHECK(ReadFile(daemon.data_dir() + "/secrets.key") == "not a key\n");
}

}  // namespace
}  // namespace skyden::end_to_end
