// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

TEST_CASE("control planes are made, listed, changed and deleted by name", "[end_to_end][cli]") {
  const TestDaemon daemon;
  const Ran made = daemon.Cli({"cp", "create", "payments", "--label", "team=a", "-o", "json"});
  REQUIRE(made.exit_code == 0);
  const std::string id = Json::parse(made.output).at("id");
  CHECK(daemon.Cli({"cp", "list"}).output.find(id) != std::string::npos);
  CHECK(daemon
            .Cli({"cp", "update", "payments", "--description", "all of them", "--label",
                  "team=", "--label", "tier=1"})
            .exit_code == 0);
  const Json got = Json::parse(daemon.Cli({"cp", "get", "payments", "-o", "json"}).output);
  CHECK(got.at("description") == "all of them");
  CHECK(got.at("labels") == Json{{"tier", "1"}});
  CHECK(daemon.Cli({"cp", "delete", "payments"}).exit_code == 0);
  const Ran gone = daemon.Cli({"cp", "get", "payments"});
  CHECK(gone.exit_code == 1);
  CHECK(gone.errors ==
        "Error: there is no control plane \"payments\"; \"skyden cp list\" shows "
        "those there are\n");
}

TEST_CASE("an account is given a role and a token, and both are taken back", "[end_to_end][cli]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  REQUIRE(daemon.Cli({"account", "create", "ci", "--role", "Viewer", "--on", "demo"}).exit_code ==
          0);
  CHECK(daemon.Cli({"account", "list"}).output.find("ci") != std::string::npos);
  CHECK(daemon.Cli({"account", "roles", "ci"}).output.find("Viewer") != std::string::npos);
  const Ran issued = daemon.Cli({"token", "create", "ci", "--name", "first", "--expires-in", "1h"});
  REQUIRE(issued.exit_code == 0);
  const std::string token = issued.output.substr(0, issued.output.find('\n'));
  const auto as_ci = [&](std::vector<std::string> arguments) {
    std::vector<std::string> all = {SKYDEN_BINARY};
    all.insert(all.end(), arguments.begin(), arguments.end());
    all.insert(all.end(), {"--address", daemon.base()});
    return Run(all, {{"SKYDEN_TOKEN", token}});
  };
  CHECK(as_ci({"cp", "get", "demo"}).exit_code == 0);
  CHECK(as_ci({"cp", "update", "demo", "--description", "x"}).errors.find("may not") !=
        std::string::npos);
  CHECK(daemon.Cli({"account", "grant", "ci", "Admin", "--on", "demo"}).exit_code == 0);
  CHECK(as_ci({"cp", "update", "demo", "--description", "x"}).exit_code == 0);
  CHECK(daemon.Cli({"account", "take", "ci", "Admin", "--on", "demo"}).exit_code == 0);
  CHECK(as_ci({"cp", "update", "demo", "--description", "y"}).exit_code == 1);
  CHECK(daemon.Cli({"token", "list", "ci", "-o", "yaml"}).output.find("name: first") !=
        std::string::npos);
  CHECK(daemon.Cli({"token", "revoke", "ci", "first"}).exit_code == 0);
  CHECK(as_ci({"cp", "get", "demo"}).exit_code == 1);
  CHECK(daemon.Cli({"account", "delete", "ci"}).exit_code == 0);
  CHECK(daemon.Cli({"account", "get", "ci"}).exit_code == 1);

  const Ran shared = daemon.Cli({"token", "share", "demo", "--expires-in", "48h", "-o", "json"});
  REQUIRE(shared.exit_code == 0);
  CHECK(Json::parse(shared.output).at("assigned_role").at("role_name") == "Viewer");
}

TEST_CASE("a role is narrowed, shown so, and taken as it was given", "[end_to_end][cli]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  REQUIRE(daemon.Cli({"account", "create", "ci"}).exit_code == 0);
  const auto grant = [&](const char* what, std::vector<std::string> narrowed) {
    std::vector<std::string> words = {"account", what, "ci", "Editor", "--on", "demo"};
    words.insert(words.end(), narrowed.begin(), narrowed.end());
    return daemon.Cli(words);
  };
  REQUIRE(grant("grant", {"--mesh", "b,a", "--type", "MeshTimeout"}).exit_code == 0);
  REQUIRE(grant("grant", {"--mesh", "c"}).exit_code == 0);
  const std::string table = daemon.Cli({"account", "roles", "ci"}).output;
  CHECK(table.find("a,b") != std::string::npos);
  CHECK(table.find("MeshTimeout") != std::string::npos);
  CHECK(grant("grant", {"--type", "MeshTimeot"}).errors.find("MeshTimeout") != std::string::npos);
  const Ran otherwise = grant("take", {});
  CHECK(otherwise.exit_code == 1);
  CHECK(otherwise.errors.find("--mesh a,b --type MeshTimeout; --mesh c") != std::string::npos);
  CHECK(grant("take", {"--mesh", "a", "--mesh", "b", "--type", "MeshTimeout"}).exit_code == 0);
  CHECK(grant("take", {"--mesh", "c"}).exit_code == 0);
  CHECK(Json::parse(daemon.Cli({"account", "roles", "ci", "-o", "json"}).output).empty());
  CHECK(daemon.Cli({"account", "create", "other", "--mesh", "a"}).exit_code == 2);
}

TEST_CASE("access roles of other builds are shown as roles, and given on demand",
          "[end_to_end][cli]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  REQUIRE(daemon.Cli({"account", "create", "ci"}).exit_code == 0);
  const TempDir dir;
  const std::string file = dir.path() + "/access.yaml";
  WriteFile(file,
            "type: AccessRole\nname: retries\nrules:\n"
            "- types: [MeshRetry]\n  mesh: default\n  access: [CREATE, UPDATE, DELETE]\n"
            "- types: [MeshTimeout]\n  names: [one]\n  access: [CREATE, UPDATE, DELETE]\n"
            "---\ntype: AccessRoleBinding\nname: b\nroles: [retries]\nsubjects:\n"
            "- {type: User, name: ci}\n- {type: Group, name: nobodies}\n");
  const Ran shown = daemon.Cli({"role", "import", file, "--on", "demo", "--no-viewers"});
  CHECK(shown.exit_code == 0);
  CHECK(shown.output.find("account ci") != std::string::npos);
  CHECK(shown.output.find("left out: AccessRole retries, rule 2") != std::string::npos);
  CHECK(Json::parse(daemon.Cli({"account", "roles", "ci", "-o", "json"}).output).empty());
  const Ran given =
      daemon.Cli({"role", "import", file, "--on", "demo", "--no-viewers", "--yes", "-o", "json"});
  CHECK(given.exit_code == 1);  // there is no team `nobodies`
  const Json answer = Json::parse(given.output);
  REQUIRE(answer.at("roles").size() == 2);
  CHECK(answer.at("roles")[0].at("result") == "given");
  CHECK(answer.at("roles")[1].at("result") == "no such team");
  const Json roles = Json::parse(daemon.Cli({"account", "roles", "ci", "-o", "json"}).output);
  REQUIRE(roles.size() == 1);
  CHECK(roles[0].at("role_name") == "Editor");
  CHECK(roles[0].at("meshes") == Json{"default"});
  CHECK(roles[0].at("types") == Json{"MeshRetry"});
}

TEST_CASE("a control plane is put to rest and woken", "[end_to_end][cli]") {
  TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  REQUIRE(daemon.Cli({"cp", "suspend", "demo", "--reason", "unpaid", "--for", "1h"}).exit_code ==
          0);
  CHECK(daemon.Cli({"cp", "list"}).output.find("Suspended") != std::string::npos);
  const Ran refused = daemon.Cli({"zone", "provision", "demo", "zone-1"});
  CHECK(refused.exit_code == 1);
  CHECK(refused.errors.find("suspended (unpaid)") != std::string::npos);
  CHECK(daemon.Cli({"cp", "resume", "demo"}).exit_code == 0);
  CHECK(daemon.Cli({"zone", "provision", "demo", "zone-1"}).exit_code == 0);
}

TEST_CASE("an organization comes with its administrator's token", "[end_to_end][cli]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("mine");
  const Ran made = daemon.Cli({"organization", "create", "acme"});
  REQUIRE(made.exit_code == 0);
  const std::string token = made.output.substr(0, made.output.find('\n'));
  const Ran theirs = Run({SKYDEN_BINARY, "cp", "list", "-o", "json", "--address", daemon.base()},
                         {{"SKYDEN_TOKEN", token}});
  CHECK(theirs.exit_code == 0);
  CHECK(Json::parse(theirs.output).empty());
  CHECK(daemon.Cli({"organization", "list"}).output.find("acme") != std::string::npos);
}

TEST_CASE("a name that several control planes have needs an id", "[end_to_end][cli]") {
  const TestDaemon daemon;
  const auto one = daemon.CreateControlPlane("twin");
  const auto two = daemon.CreateControlPlane("twin");
  const Ran ran = daemon.Cli({"cp", "get", "twin"});
  CHECK(ran.exit_code == 1);
  CHECK(ran.errors.find(one) != std::string::npos);
  CHECK(ran.errors.find(two) != std::string::npos);
  CHECK(daemon.Cli({"cp", "get", one}).exit_code == 0);
}

TEST_CASE("provisioning prints how the zone connects", "[end_to_end][cli]") {
  const TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const Ran text = daemon.Cli({"zone", "provision", "demo", "zone-1"});
  CHECK(text.exit_code == 0);
  CHECK(text.output.find("grpc://" + id + ":") != std::string::npos);
  CHECK(text.output.find(daemon.address("kds")) != std::string::npos);
  // A file as it is saved, line by line.
  CHECK(text.output.find("\nmultizone:\n  zone:\n    name: zone-1\n") != std::string::npos);
  CHECK(text.output.find("\\u000a") == std::string::npos);
  const Ran again = daemon.Cli({"zone", "provision", "demo", "zone-1"});
  CHECK(again.exit_code == 1);
  CHECK(again.errors.find("zone-1") != std::string::npos);
  CHECK(daemon.Cli({"zone", "list", "demo"}).output.find("zone-1") != std::string::npos);
}

TEST_CASE("a zone token that a control plane signed opens it for that zone", "[end_to_end][cli]") {
  const TestDaemon daemon;
  const auto id = daemon.CreateControlPlane("demo");
  const Ran issued = daemon.Cli({"token", "zone", "demo", "--name", "zone-1", "--valid-for", "1h"});
  REQUIRE(issued.exit_code == 0);
  const std::string token = issued.output.substr(0, issued.output.find('\n'));
  const auto zone = daemon.Simulate("zone-1", daemon.GlobalAddress(id, token), {"--until-synced"});
  CHECK(zone->Wait() == 0);
  const auto other = daemon.Simulate("zone-2", daemon.GlobalAddress(id, token), {"--until-synced"});
  CHECK(other->Wait() == 1);
}

TEST_CASE("errors say what to do next", "[end_to_end][cli]") {
  const TempDir empty;
  const Ran no_token = Run({SKYDEN_BINARY, "cp", "list", "--data-dir", empty.path()});
  CHECK(no_token.exit_code == 1);
  CHECK(no_token.errors.find("SKYDEN_TOKEN") != std::string::npos);
  const Ran nobody = Run({SKYDEN_BINARY, "cp", "list", "--address", "http://127.0.0.1:1"},
                         {{"SKYDEN_TOKEN", "x"}});
  CHECK(nobody.exit_code == 1);
  CHECK(nobody.errors.find("skyden serve") != std::string::npos);
  const TestDaemon daemon;
  const Ran wrong =
      Run({SKYDEN_BINARY, "cp", "list", "--address", daemon.base()}, {{"SKYDEN_TOKEN", "wrong"}});
  CHECK(wrong.exit_code == 1);
  CHECK(wrong.errors.find("SKYDEN_TOKEN") != std::string::npos);
  CHECK(Run({SKYDEN_BINARY}).exit_code == 2);
  CHECK(Run({SKYDEN_BINARY, "cp", "create"}).exit_code == 2);
  CHECK(Run({SKYDEN_BINARY, "no-such-command"}).exit_code == 2);
}

TEST_CASE("a client on the daemon's machine needs only its folder", "[end_to_end][cli]") {
  const TestDaemon daemon;
  const Ran ran = Run({SKYDEN_BINARY, "cp", "list", "--data-dir", daemon.data_dir()});
  INFO(ran.errors);
  CHECK(ran.exit_code == 0);
}

TEST_CASE("completion scripts parse and know the commands", "[end_to_end][cli]") {
  const TempDir dir;
  const Ran bash = Run({SKYDEN_BINARY, "completion", "bash"});
  CHECK(bash.exit_code == 0);
  WriteFile(dir.path() + "/completion", bash.output);
  const Ran completed =
      Run({"bash", "-c",
           "source \"$0\"; COMP_WORDS=(skyden zone pro); COMP_CWORD=2; _skyden 2>/dev/null; "
           "echo \"${COMPREPLY[@]}\"",
           dir.path() + "/completion"});
  CHECK(completed.output == "provision\n");
  CHECK(Run({SKYDEN_BINARY, "completion", "zsh"}).output.find("#compdef skyden") == 0);
  CHECK(Run({SKYDEN_BINARY, "completion", "fish"}).output.find("complete -c skyden") !=
        std::string::npos);
  CHECK(Run({SKYDEN_BINARY, "completion", "tcsh"}).exit_code == 2);
}

TEST_CASE("a token of the environment does not follow a folder", "[end_to_end][cli]") {
  const TestDaemon daemon;
  const auto list = [&](std::vector<std::string> flags, const std::string& token) {
    flags.insert(flags.begin(), {SKYDEN_BINARY, "cp", "list"});
    std::map<std::string, std::string> environment;
    if (!token.empty()) environment["SKYDEN_TOKEN"] = token;
    return Run(flags, environment);
  };
  const Ran refused = list({"--data-dir", daemon.data_dir()}, daemon.token());
  CHECK(refused.exit_code == 1);
  CHECK(refused.errors.find("--address " + daemon.base()) != std::string::npos);
  CHECK(refused.errors.find(daemon.token()) == std::string::npos);
  CHECK(list({"--data-dir", daemon.data_dir()}, "").exit_code == 0);
  CHECK(list({"--address", daemon.address("http")}, daemon.token()).exit_code == 0);
}

}  // namespace
}  // namespace skyden::end_to_end
