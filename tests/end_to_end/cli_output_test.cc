// SPDX-License-Identifier: Apache-2.0
// What commands print, in each form, and how they end.
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "fmt/format.h"
#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

using Words = std::vector<std::string>;

Words InForm(Words words, const std::string& form) {
  words.insert(words.end(), {"-o", form});
  return words;
}

// A client command's words as they are run, for RunAll.
struct Client {
  const TestDaemon& daemon;
  std::map<std::string, std::string> environment = {{"SKYDEN_ADDRESS", daemon.base()},
                                                    {"SKYDEN_TOKEN", daemon.token()}};
  std::vector<Ran> All(std::vector<Words> lines) const {
    for (Words& line : lines) line.insert(line.begin(), SKYDEN_BINARY);
    return RunAll(lines, environment);
  }
};

struct Shown {
  Words words;
  std::string head;    // of its table, blanks as one
  std::string member;  // of its JSON: of the object, or of each of the list
};

std::string HeadOf(const std::string& table) {
  std::string head;
  for (const char c : table.substr(0, table.find('\n'))) {
    if (c != ' ' || !head.ends_with(' ')) head += c;
  }
  return head;
}

TEST_CASE("what is listed is a table for people, JSON or YAML for programs", "[end_to_end][cli]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  REQUIRE(daemon.Cli({"zone", "provision", "demo", "zone-1"}).exit_code == 0);
  REQUIRE(daemon.Cli({"account", "create", "ci", "--role", "Viewer"}).exit_code == 0);
  REQUIRE(daemon.Cli({"account", "create", "Jane", "--email", "jane@example.com"}).exit_code == 0);
  REQUIRE(daemon.Cli({"team", "create", "readers", "--role", "Viewer"}).exit_code == 0);
  REQUIRE(daemon.Cli({"team", "add", "readers", "jane@example.com", "ci"}).exit_code == 0);
  REQUIRE(daemon.Cli({"token", "create", "ci", "--name", "first"}).exit_code == 0);
  const std::string plane = "NAME ID VERSION STATE CREATED LABELS DESCRIPTION";
  const std::string account = "NAME ID KIND CREATED DESCRIPTION";
  const std::vector<Shown> all = {
      {{"cp", "list"}, plane, "created_at"},
      {{"cp", "get", "demo"}, plane, "created_at"},
      {{"cp", "quota", "demo"}, "OF USED LIMIT SET", "used"},
      {{"zone", "list", "demo"}, "ZONE STATUS VERSION LAST CONNECTED REFUSES NOT SENT", "name"},
      {{"zone", "list", "--all"},
       "ZONE CONTROL PLANE STATUS SINCE VERSION PROXIES FROM TOKEN ENDS REASON WHAT TO DO",
       "status"},
      {{"fleet"}, "SEVERITY WHAT COUNT SINCE ENDED NETWORK WHERE REASON WHAT TO DO", "totals"},
      {{"usage", "--from", "2020-01-01", "--to", "2020-01-02"},
       "CONTROL PLANE FROM TO ZONE HOURS DATAPLANE HOURS WRITES BYTES",
       ""},
      {{"zone", "rejected", "demo"}, "AT FROM ZONE REASON WHAT TO DO", ""},
      {{"account", "list"}, account, "id"},
      {{"account", "list", "--users"}, account, "email"},
      {{"account", "get", "jane@example.com"}, account, "full_name"},
      {{"account", "roles", "ci"}, "ROLE CONTROL PLANE MESHES TYPES ID", "role_name"},
      {{"team", "list"}, "NAME ID CREATED DESCRIPTION", "system_team"},
      {{"team", "list", "--of", "ci"}, "NAME ID CREATED DESCRIPTION", "system_team"},
      {{"team", "get", "readers"}, "NAME ID CREATED DESCRIPTION", "labels"},
      {{"team", "members", "readers"}, "NAME ID KIND", "id"},
      {{"team", "roles", "readers"}, "ROLE CONTROL PLANE MESHES TYPES ID", "role_name"},
      {{"token", "list", "ci"}, "NAME ID STATE CREATED EXPIRES LAST USED", "expires_at"},
      {{"organization", "list"}, "NAME ID CREATED", "id"},
      {{"organization", "show"}, "NAME ID CREATED", "id"},
      {{"audit", "list", "demo"}, "AT WHO FROM ACTION OBJECT REQUEST", "hash"},
  };
  const Client client{daemon};
  std::vector<Words> lines;
  for (const Shown& one : all) {
    lines.push_back(one.words);
    lines.push_back(InForm(one.words, "json"));
    lines.push_back(InForm(one.words, "yaml"));
  }
  const std::vector<Ran> ran = client.All(lines);
  for (size_t i = 0; i < all.size(); ++i) {
    INFO(fmt::format("{}", fmt::join(all[i].words, " ")));
    for (size_t form = 0; form < 3; ++form) {
      CHECK(ran[3 * i + form].exit_code == 0);
      CHECK(ran[3 * i + form].errors.empty());
    }
    CHECK(HeadOf(ran[3 * i].output) == all[i].head);
    const Json json = Json::parse(ran[3 * i + 1].output, nullptr, /*allow_exceptions=*/false);
    REQUIRE_FALSE(json.is_discarded());
    CHECK(json.empty() == all[i].member.empty());
    for (const Json& item : json.is_array() ? json : Json::array({json})) {
      CHECK(item.contains(all[i].member));
    }
    const std::string& yaml = ran[3 * i + 2].output;
    CHECK(yaml.find(all[i].member) != std::string::npos);
    CHECK(Json::parse(yaml, nullptr, false).is_discarded() != json.empty());
  }
}

TEST_CASE("what is ended is told in the form that was asked for", "[end_to_end][cli]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  REQUIRE(daemon.Cli({"account", "create", "ci"}).exit_code == 0);
  const Json token =
      Json::parse(daemon.Cli({"token", "create", "ci", "--name", "first", "-o", "json"}).output);
  const Ran revoked = daemon.Cli({"token", "revoke", "ci", "first", "-o", "json"});
  CHECK(Json::parse(revoked.output) == Json{{"revoked", token.at("id")}});
  const Json made =
      Json::parse(daemon.Cli({"organization", "create", "other", "-o", "json"}).output);
  const std::string other = made.at("id");
  const Ran ended = daemon.Cli({"organization", "delete", other, "-o", "json"});
  CHECK(Json::parse(ended.output) == Json{{"deleted", other}});
  CHECK(daemon.Cli({"cp", "delete", "demo"}).output == "deleted " + id + "\n");
}

TEST_CASE("several zones are several documents of YAML", "[end_to_end][cli]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  const Ran ran = daemon.Cli({"zone", "provision", "demo", "zone-1", "zone-2", "-o", "yaml"});
  REQUIRE(ran.exit_code == 0);
  const size_t between = ran.output.find("\n---\n");
  REQUIRE(between != std::string::npos);
  CHECK(ran.output.find("zone: zone-1\n") < between);
  CHECK(ran.output.find("zone: zone-2\n") > between);
}

TEST_CASE("an export is verified in every form without a daemon", "[end_to_end][cli]") {
  const TempDir dir;
  const std::string file = dir / "audit.jsonl";
  {
    const TestDaemon daemon;
    daemon.CreateControlPlane("demo");
    REQUIRE(daemon.Cli({"audit", "export", "--file", file}).exit_code == 0);
  }
  const Words verify = {SKYDEN_BINARY, "audit", "verify", "--file", file};
  const Ran text = Run(verify);
  CHECK(text.exit_code == 0);
  CHECK(text.output.find("intact: 1 entries in 1 chains\n") == 0);
  const Json found = Json::parse(Run(InForm(verify, "json")).output);
  CHECK(found.at("intact") == true);
  CHECK(found.at("entries") == 1);
  CHECK(found.at("chains") == 1);
  CHECK(text.output.find("--expect " + found.at("expect").get<std::string>()) != std::string::npos);
  std::string lines = ReadFile(file);
  const size_t at = lines.find("control_plane.create");
  REQUIRE(at != std::string::npos);
  lines[at] = 'C';
  WriteFile(file, lines);
  const Ran broken = Run(InForm(verify, "json"));
  CHECK(broken.exit_code == 1);
  CHECK(broken.output.empty());
  CHECK(broken.errors.find("Error: line 1: entry 1 is not what was written") == 0);
}

TEST_CASE("a value that cannot be meant is a mistake of the line: exit code 2",
          "[end_to_end][cli]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  struct Wrong {
    Words words;
    std::string why;
  };
  const std::vector<Wrong> all = {
      {{"cp", "create", "x", "--label", "nonsense"}, "--label nonsense: write it as key=value"},
      {{"cp", "update", "demo", "--label", "=x"}, "--label =x: write it as key=value"},
      {{"cp", "quota"}, "name a control plane, or --organization"},
      {{"cp", "quota", "demo", "--resources", "0"}, "--resources 0: give a number from 1"},
      {{"cp", "quota", "demo", "--mib", "99999999999999999999"}, "give a number from 1"},
      {{"cp", "quota", "demo", "--zones=-1"}, "--zones -1: give a number from 1"},
      {{"cp", "suspend", "demo", "--for", "never"}, "--for never: write it as a duration"},
      {{"cp", "suspend", "demo", "--for", "1h", "--until", "2030-01-31T12:00:00Z"}, "excludes"},
      {{"token", "share", "demo", "--expires-in", "2 days"}, "--expires-in 2 days: write it as"},
      {{"account", "create", "x", "--email", "a@b.example", "--description", "y"}, "excludes"},
      {{"account", "grant", "operator", "Viewer", "--on", ""}, "name is empty"},
      {{"audit", "list", "--filter", "action"}, "--filter action: write it as key=value"},
      {{"audit", "list", "--limit", "0"}, "not in range 1 to"},
      {{"zone", "provision", "demo", "z", "--setup", "hem"}, "did you mean \"helm\"?"},
      {{"cp", "list", "--address", "ftp://127.0.0.1"}, "must begin with http:// or https://"},
      {{"cp", "list", "--address", "http://127.0.0.1:99999"}, "no port from 1 to 65535"},
      {{"cp", "list", "--address", "127.0.0.1:x"}, "no port from 1 to 65535"},
      {{"cp", "list", "--address", "https://:5681"}, "has no host"},
  };
  std::vector<Words> lines;
  for (const Wrong& wrong : all) lines.push_back(wrong.words);
  const std::vector<Ran> ran = Client{daemon}.All(lines);
  for (size_t i = 0; i < all.size(); ++i) {
    INFO(fmt::format("{}: {}", fmt::join(all[i].words, " "), ran[i].errors));
    CHECK(ran[i].exit_code == 2);
    CHECK(ran[i].output.empty());
    CHECK(ran[i].errors.find(all[i].why) != std::string::npos);
  }
  CHECK(Json::parse(daemon.Cli({"cp", "list", "-o", "json"}).output).size() == 1);
}

TEST_CASE("what the daemon refuses or does not have is exit code 1, in one line",
          "[end_to_end][cli]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  struct Refused {
    Words words;
    std::string why;
  };
  const std::string none = "there is no control plane \"none\"";
  const std::string nobody = "there is no account \"nobody\"";
  const std::vector<Refused> all = {
      {{"cp", "get", "none"}, none},
      {{"cp", "update", "none", "--name", "x"}, none},
      {{"cp", "delete", "none"}, none},
      {{"cp", "suspend", "none"}, none},
      {{"cp", "resume", "none"}, none},
      {{"cp", "quota", "none"}, none},
      {{"cp", "create", "_x"}, "name"},
      {{"cp", "create", "x", "--api-version", "3"}, "version"},
      {{"zone", "list", "none"}, none},
      {{"zone", "rejected", "none"}, none},
      {{"zone", "provision", "none", "z"}, none},
      {{"zone", "provision", "demo", "Zone"}, "name"},
      {{"token", "zone", "none", "--name", "z"}, none},
      {{"token", "dataplane", "none"}, none},
      {{"token", "user", "none", "--name", "u"}, none},
      {{"token", "share", "none"}, none},
      {{"token", "create", "nobody", "--name", "t"}, nobody},
      {{"token", "list", "nobody"}, nobody},
      {{"token", "revoke", "nobody", "t"}, nobody},
      {{"token", "revoke", "operator", "none"}, "no such token"},
      {{"account", "get", "nobody"}, nobody},
      {{"account", "delete", "nobody"}, nobody},
      {{"account", "roles", "nobody"}, nobody},
      {{"account", "grant", "nobody", "Viewer"}, nobody},
      {{"account", "grant", "operator", "King"}, "role"},
      {{"account", "take", "operator", "Viewer"}, "does not hold this role"},
      {{"account", "create", "x", "--email", "nonsense"}, "email"},
      {{"organization", "delete", "none"}, ""},
      {{"watch", "none"}, none},
      {{"import", "--control-plane", "none", "/dev/null"}, none},
      {{"export", "--control-plane", "none"}, none},
      {{"audit", "list", "none"}, none},
      {{"audit", "export", "--file", "/nowhere/audit"}, "cannot write /nowhere/audit"},
      {{"audit", "verify", "--file", "/nowhere/audit"}, "cannot read /nowhere/audit"},
      {{"audit", "verify", "--expect", "1:00"}, ""},
  };
  std::vector<Words> lines;
  for (const Refused& refused : all) lines.push_back(refused.words);
  const std::vector<Ran> ran = Client{daemon}.All(lines);
  for (size_t i = 0; i < all.size(); ++i) {
    INFO(fmt::format("{}: {}", fmt::join(all[i].words, " "), ran[i].errors));
    CHECK(ran[i].exit_code == 1);
    CHECK(ran[i].output.empty());
    CHECK(ran[i].errors.rfind("Error: ", 0) == 0);
    CHECK(ran[i].errors.find(all[i].why) != std::string::npos);
    CHECK(ran[i].errors.find('\n') == ran[i].errors.size() - 1);
  }
}

TEST_CASE("an answer that cannot be written is not taken for done", "[end_to_end][cli]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  for (const char* command :
       {"cp list -o json", "export --control-plane demo", "audit export", "audit list"}) {
    INFO(command);
    const Ran ran =
        Run({"bash", "-c", fmt::format("\"$0\" {} > /dev/full", command), SKYDEN_BINARY},
            {{"SKYDEN_ADDRESS", daemon.base()}, {"SKYDEN_TOKEN", daemon.token()}});
    CHECK(ran.exit_code == 1);
    CHECK(ran.errors == "Error: cannot write standard output\n");
  }
}

TEST_CASE("what holds secrets is its owner's alone, also in a file that was others' to read",
          "[end_to_end][cli]") {
  const TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  const std::string exported = daemon.dir() + "/demo.yaml";
  const std::string tokens = daemon.dir() + "/tokens";
  for (const std::string& file : {exported, tokens}) {
    WriteFile(file, "# of before\n");
    REQUIRE(chmod(file.c_str(), 0644) == 0);
  }
  CHECK(daemon.Cli({"export", "--control-plane", "demo", "--file", exported}).exit_code == 0);
  CHECK(daemon.Cli({"zone", "provision", "demo", "z", "--tokens-file", tokens}).exit_code == 0);
  for (const std::string& file : {exported, tokens}) {
    struct stat info {};
    REQUIRE(stat(file.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
  CHECK(ReadFile(exported).find("# of before") == std::string::npos);
  CHECK(ReadFile(tokens).rfind("# of before\nz ", 0) == 0);
}

TEST_CASE("an empty name is nobody's, though there is but one", "[end_to_end][cli]") {
  const TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("only");
  const Ran deleted = daemon.Cli({"cp", "delete", ""});
  CHECK(deleted.exit_code == 2);
  CHECK(deleted.errors.find("control-plane: it is empty") != std::string::npos);
  CHECK(daemon.Cli({"export", "--control-plane", ""}).exit_code == 2);
  CHECK(daemon.Cli({"cp", "get", id}).exit_code == 0);
}

}  // namespace
}  // namespace skyden::end_to_end
