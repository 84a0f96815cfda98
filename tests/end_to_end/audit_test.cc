// SPDX-License-Identifier: Apache-2.0
// Who did what, as its users see it; and that no credential lies about where it should not.
#include <sys/resource.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "absl/time/clock.h"
#include "fmt/format.h"
#include "tests/end_to_end/daemon.h"
#include "tests/end_to_end/files_of_sqlite.h"
#include "tests/store/postgres_engine.h"

namespace skyden::end_to_end {
namespace {

constexpr char kControlPlanes[] = "/v1/mesh/control-planes";
constexpr char kAudit[] = "/v3/audit-logs";

Json Entries(const TestDaemon& daemon, const std::string& query) {
  const Answer answer = daemon.Call("GET", kAudit + query);
  INFO(answer.body.dump());
  REQUIRE(answer.status == 200);
  return answer.body.at("data");
}

TEST_CASE("verify tells of a chain that is older than what was kept of it", "[end_to_end][audit]") {
  if (SkipsFilesOfSqlite()) return;
  TestDaemon daemon;
  daemon.CreateControlPlane("one");
  REQUIRE(daemon.Stop() == 0);
  const std::string copy = daemon.dir() + "/copy";
  std::filesystem::copy(daemon.data_dir(), copy, std::filesystem::copy_options::recursive);
  daemon.Start();
  daemon.CreateControlPlane("two");
  const Ran whole = daemon.Cli({"audit", "verify"});
  REQUIRE(whole.exit_code == 0);
  const std::string flag = "--expect ";
  const size_t at = whole.output.find(flag);
  INFO(whole.output);
  REQUIRE(at != std::string::npos);
  const std::string kept =
      whole.output.substr(at + flag.size(), whole.output.find('\n', at) - at - flag.size());
  CHECK(daemon.Cli({"audit", "verify", "--expect", kept}).exit_code == 0);
  CHECK(daemon.Cli({"audit", "verify", "--expect", "7"}).exit_code != 0);
  const std::string exported = daemon.dir() + "/audit.jsonl";
  REQUIRE(daemon.Cli({"audit", "export", "--file", exported}).exit_code == 0);
  CHECK(daemon.Cli({"audit", "verify", "--file", exported, "--expect", kept}).exit_code == 0);

  REQUIRE(daemon.Stop() == 0);
  std::filesystem::remove_all(daemon.data_dir());
  std::filesystem::copy(copy, daemon.data_dir(), std::filesystem::copy_options::recursive);
  daemon.Start();
  CHECK(daemon.Cli({"audit", "verify"}).exit_code == 0);  // nothing in it tells
  const Ran older = daemon.Cli({"audit", "verify", "--expect", kept});
  CHECK(older.exit_code == 1);
  CHECK(older.errors.find("an older database was restored") != std::string::npos);
  daemon.CreateControlPlane("another");  // the chain grows past it
  CHECK(daemon.Cli({"audit", "verify", "--expect", kept}).exit_code == 1);
}

TEST_CASE("every change is told, by whom, from where, and what", "[end_to_end][audit]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const auto api = TestDaemon::ApiOf(id);
  const auto path = api + "/meshes/default/meshtimeouts/t1";
  REQUIRE(daemon.Call("PUT", path, Timeout("t1", 7)).status == 201);
  REQUIRE(daemon.Call("PUT", path, Timeout("t1", 8)).status == 200);
  REQUIRE(daemon.Call("DELETE", path).status == 200);
  daemon.Provision(id, "zone-1");
  REQUIRE(daemon.Call("POST", api + "/tokens/zone", {{"zone", "z"}, {"scope", {"cp"}}}).status ==
          200);
  REQUIRE(daemon.Call("PATCH", kControlPlanes + ("/" + id), {{"name", "renamed"}}).status == 200);
  REQUIRE(daemon.Call("PUT", path, {{"type", "MeshTimeout"}}).status == 400);  // changes nothing
  REQUIRE(daemon.Call("DELETE", kControlPlanes + ("/" + id)).status == 204);

  std::vector<std::string> actions;
  const Json entries = Entries(daemon, "?page%5Bafter%5D=0&filter%5Bcontrol_plane_id%5D=" + id);
  for (const Json& entry : entries) {
    actions.push_back(entry.at("action"));
    CHECK(entry.at("peer") == "127.0.0.1");
    CHECK(entry.at("actor").at("kind") == "system_account");
    CHECK_FALSE(entry.at("request_id").get<std::string>().empty());
  }
  CHECK(actions == std::vector<std::string>{"control_plane.create", "resource.create",
                                            "resource.update", "resource.delete", "zone.provision",
                                            "token.issue", "control_plane.update",
                                            "control_plane.delete"});
  const Json& update = entries[2];
  CHECK(update.at("object").dump() == R"({"name":"default/t1","type":"MeshTimeout"})");
  CHECK(update.at("detail").at("changes")[0].at("path") == "/spec/to/0/default/connectionTimeout");
  CHECK(update.at("detail").at("changes")[0].at("before") == "7s");
  CHECK(update.at("detail").at("changes")[0].at("after") == "8s");

  const Ran verified = daemon.Cli({"audit", "verify"});
  INFO(verified.output << verified.errors);
  CHECK(verified.exit_code == 0);
  const std::string file = daemon.dir() + "/audit.jsonl";
  REQUIRE(daemon.Cli({"audit", "export", "--file", file}).exit_code == 0);
  CHECK(daemon.Cli({"audit", "verify", "--file", file}).exit_code == 0);
  std::string text = ReadFile(file);
  text.replace(text.find("renamed"), 7, "REnamed");
  WriteFile(file, text);
  CHECK(daemon.Cli({"audit", "verify", "--file", file}).exit_code == 1);
  const Ran listed = daemon.Cli({"audit", "list", "--filter", "action=control_plane"});
  CHECK(listed.output.find("control_plane.delete") != std::string::npos);
}

TEST_CASE("secrets are masked, in what was and in what is", "[end_to_end][audit]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const auto path = TestDaemon::ApiOf(id) + "/meshes/default/secrets/s1";
  const auto secret = [](const std::string& data) {
    return Json{{"type", "Secret"}, {"mesh", "default"}, {"name", "s1"}, {"data", data}};
  };
  REQUIRE(daemon.Call("PUT", path, secret("c2VjcmV0LW9uZQ==")).status == 201);
  REQUIRE(daemon.Call("PUT", path, secret("c2VjcmV0LXR3bw==")).status == 200);
  REQUIRE(daemon.Call("DELETE", path).status == 200);
  const Json entries = Entries(daemon, "?page%5Bafter%5D=0&filter%5Bobject_type%5D=Secret");
  REQUIRE(entries.size() == 3);
  CHECK(entries.dump().find("c2VjcmV0") == std::string::npos);
  CHECK(entries[1].at("detail").dump() ==
        R"({"changes":[{"after":"***","before":"***","path":"/data","secret":true}]})");
}

TEST_CASE("refused credentials and zones are told, with what to do", "[end_to_end][audit]") {
  TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  CHECK(Rest(daemon.base(), "sksat_nobody_x").Call("GET", kControlPlanes).status == 401);
  const std::string token = daemon.Provision(id, "zone-1");
  const auto zone = daemon.Simulate("zone-2", daemon.GlobalAddress(id, token), {"--until-synced"});
  zone->Wait(absl::Seconds(5));
  const absl::Time give_up = absl::Now() + kPatience;
  Json refused;
  while (refused.size() < 2 && absl::Now() < give_up) {
    refused = Entries(daemon, "?page%5Bafter%5D=0&filter%5Baction%5D=authentication.refused");
  }
  REQUIRE(refused.size() >= 2);
  CHECK(refused[0].at("peer") == "127.0.0.1");
  CHECK(refused[1].at("control_plane_id") == id);
  CHECK(refused[1].at("detail").at("zone") == "zone-2");
  CHECK(refused[1].at("detail").at("reason").get<std::string>().find("zone-1") !=
        std::string::npos);
  CHECK(refused.dump().find(token) == std::string::npos);
  for (const Ran& listed :
       {daemon.Cli({"zone", "rejected", "demo"}), daemon.Cli({"zone", "rejected"})}) {
    INFO(listed.output << listed.errors);
    CHECK(listed.exit_code == 0);
    CHECK(listed.output.find("zone-2") != std::string::npos);
    CHECK(listed.output.find("KUMA_MULTIZONE_ZONE_NAME") != std::string::npos);
  }
}

TEST_CASE("a request's own id and trace go through to the audit", "[end_to_end][audit]") {
  TestDaemon daemon;
  const Ran made = Run({"curl", "-sS", "-i", "-XPOST", daemon.base() + kControlPlanes, "-H",
                        "authorization: Bearer " + daemon.token(), "-H", "x-request-id: deploy-17",
                        "-H", "content-type: application/json", "-H",
                        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                        "-d", R"({"name":"traced"})"});
  INFO(made.output << made.errors);
  REQUIRE(made.exit_code == 0);
  CHECK(made.output.find("X-Request-Id: deploy-17\r\n") != std::string::npos);
  const Json entries = Entries(daemon, "?filter%5Brequest_id%5D=deploy-17");
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].at("trace_id") == "0af7651916cd43dd8448eb211c80319c");
}

TEST_CASE("no live token is in the database, the log, the audit or a core dump",
          "[end_to_end][audit]") {
  // Whoever runs it may allow core dumps; the daemon does not.
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_CORE, &unlimited);
  TestDaemon daemon({"--log-level", "debug"});
  const auto id = daemon.CreateControlPlane("demo");
  const auto api = TestDaemon::ApiOf(id);
  std::vector<std::string> tokens = {daemon.token()};
  for (int i = 0; i < 5; ++i) {
    tokens.push_back(daemon.Provision(id, fmt::format("zone-{}", i)));
  }
  const auto zone = daemon.Simulate("zone-0", daemon.GlobalAddress(id, tokens[1]));
  REQUIRE(zone->Prints("in sync"));
  const Answer user =
      daemon.Call("POST", api + "/tokens/user",
                  {{"name", "jane"}, {"groups", {"mesh-system:admin"}}, {"validFor", "1h"}});
  REQUIRE(user.status == 200);
  tokens.push_back(user.body.get<std::string>());
  CHECK(Rest(daemon.base(), tokens.back()).Call("GET", api + "/meshes").status == 200);
  for (const std::string& token : tokens) {  // used where it is of no use
    Rest(daemon.base(), token).Call("GET", "/v3/audit-logs?token=" + token);
    Rest(daemon.base(), token).Call("PUT", api + "/meshes/" + token, {{"name", token}});
  }
  std::string audit = daemon.Cli({"audit", "export"}).output;
  CHECK(audit.find("zone.provision") != std::string::npos);

  daemon.process().Signal(SIGABRT);
  CHECK(daemon.process().Wait() == -SIGABRT);
  std::map<std::string, std::string> places = {{"audit", std::move(audit)},
                                               {"log", daemon.process().errors()}};
  if (daemon.database() != nullptr) {
    places["database"] =
        store::testing::DumpPostgres(daemon.database()->name(), store::testing::DumpOf::kAll);
  }
  for (const std::string& folder : {daemon.data_dir(), daemon.dir(), std::string(".")}) {
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      const std::string name = file.path().filename().string();
      if (folder == ".") {
        CHECK(name.rfind("core", 0) != 0);
      } else if (file.is_regular_file() && name != "admin.token" && name.rfind("zone-", 0) != 0) {
        places[file.path().string()] = ReadFile(file.path().string());
      }
    }
  }
  CHECK(places.size() >= 4);  // the database and its WAL are among them
  for (const auto& [place, text] : places) {
    for (const std::string& token : tokens) {
      CAPTURE(place);
      CHECK(text.find(token) == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace skyden::end_to_end
