// SPDX-License-Identifier: Apache-2.0
// `skyden backup` and `skyden restore` against the real daemon.
#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "fmt/format.h"
#include "tests/end_to_end/daemon.h"
#include "tests/end_to_end/files_of_sqlite.h"

namespace skyden::end_to_end {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

constexpr char kTimeouts[] = "/meshes/default/meshtimeouts/";

Ran Restore(const std::string& from, const std::string& data_dir) {
  return Run({SKYDEN_BINARY, "restore", "--from", from, "--data-dir", data_dir, "-o", "json"});
}

std::string BackUp(const TestDaemon& daemon, const std::string& name) {
  const std::string file = daemon.dir() + "/" + name;
  const Ran made = daemon.Cli({"backup", "--to", file, "-o", "json"});
  INFO(made.errors);
  REQUIRE(made.exit_code == 0);
  CHECK(Json::parse(made.output).at("file") == file);
  return file;
}

void Put(const TestDaemon& daemon, const std::string& id, const std::string& name, int seconds) {
  const int status =
      daemon.Call("PUT", TestDaemon::ApiOf(id) + kTimeouts + name, Timeout(name, seconds)).status;
  REQUIRE((status == 200 || status == 201));
}

// Which of the timeouts "w<writer>-<n>" there are, as the highest n of each writer; -1: not all up
// to it.
int LastOf(const TestDaemon& daemon, const std::string& id, int writer) {
  constexpr size_t kPage = 1000;
  std::vector<int> numbers;
  for (size_t got = kPage; got == kPage;) {
    const Answer listed =
        daemon.Call("GET", fmt::format("{}/meshes/default/meshtimeouts?size={}&offset={}&name=w{}-",
                                       TestDaemon::ApiOf(id), kPage, numbers.size(), writer));
    REQUIRE(listed.status == 200);
    got = listed.body.at("items").size();
    for (const Json& item : listed.body.at("items")) {
      const std::string name = item.at("name").get<std::string>();
      numbers.push_back(std::stoi(name.substr(name.find('-') + 1)));
    }
  }
  std::sort(numbers.begin(), numbers.end());
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] != static_cast<int>(i)) return -1;
  }
  return static_cast<int>(numbers.size()) - 1;
}

// Writes new timeouts, one after the other, until it is told to stop.
class Load {
 public:
  Load(const TestDaemon& daemon, const std::string& id, int writer)
      : rest_(daemon.NewRest()), path_(TestDaemon::ApiOf(id) + kTimeouts), writer_(writer) {
    thread_ = std::thread([this] {
      for (int next = 0; !stop_; ++next) {
        const std::string name = fmt::format("w{}-{}", writer_, next);
        if (rest_.Call("PUT", path_ + name, Timeout(name, 5)).status != 201) break;
        acknowledged_ = next;
      }
      over_ = true;
    });
  }
  ~Load() { Stop(); }
  void Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  int acknowledged() const { return acknowledged_; }
  void WaitFor(int number) const {
    while (acknowledged_ < number && !over_) std::this_thread::yield();
    REQUIRE(acknowledged_ >= number);
  }

 private:
  Rest rest_;
  const std::string path_;
  const int writer_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> over_{false};
  std::atomic<int> acknowledged_{-1};
  std::thread thread_;
};

// How often a backup is made under load: SKYDEN_TEST_BACKUPS, for the slow test.
int Rounds() {
  const char* given = std::getenv("SKYDEN_TEST_BACKUPS");
  return given == nullptr ? 3 : std::atoi(given);
}

}  // namespace

TEST_CASE("backups under load, each restored and verified", "[end_to_end][backup]") {
  if (SkipsFilesOfSqlite()) return;
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const Json secret = {{"type", "GlobalSecret"}, {"name", "mine"}, {"data", "cGxhaW4="}};
  REQUIRE(daemon.Call("PUT", TestDaemon::ApiOf(id) + "/global-secrets/mine", secret).status == 201);
  std::vector<std::string> backups;
  std::vector<std::vector<int>> before;
  std::vector<int> after;
  {
    std::vector<std::unique_ptr<Load>> writers;
    for (int i = 0; i < 4; ++i) writers.push_back(std::make_unique<Load>(daemon, id, i));
    for (int round = 0; round < Rounds(); ++round) {
      for (const auto& writer : writers) writer->WaitFor(writer->acknowledged() + 20);
      std::vector<int> known;
      for (const auto& writer : writers) known.push_back(writer->acknowledged());
      before.push_back(known);
      backups.push_back(BackUp(daemon, fmt::format("backup-{}.tar", round)));
    }
    for (const auto& writer : writers) {
      writer->Stop();
      after.push_back(writer->acknowledged());
    }
  }
  struct stat info {};
  REQUIRE(stat(backups.front().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(ReadFile(backups.front()).find("cGxhaW4=") == std::string::npos);
  REQUIRE(daemon.Stop() == 0);
  const std::string was = ReadFile(daemon.data_dir() + "/skyden.db");
  for (size_t i = 0; i < backups.size(); ++i) {
    CAPTURE(i);
    const Ran restored = Restore(backups[i], daemon.data_dir());
    INFO(restored.errors);
    REQUIRE(restored.exit_code == 0);
    const Json report = Json::parse(restored.output);
    CHECK(report.at("audit_entries").get<int>() > 0);
    if (i == 0) CHECK(ReadFile(report.at("set_aside").get<std::string>()) == was);
    CHECK_FALSE(fs::exists(daemon.data_dir() + "/skyden.restore"));
    daemon.Start();
    for (int writer = 0; writer < 4; ++writer) {
      const int last = LastOf(daemon, id, writer);
      CHECK(last >= before[i][static_cast<size_t>(writer)]);
      CHECK(last <= after[static_cast<size_t>(writer)] + 1);
    }
    CHECK(daemon.Call("GET", TestDaemon::ApiOf(id) + "/global-secrets/mine").body.at("data") ==
          "cGxhaW4=");
    CHECK(daemon.Cli({"audit", "verify"}).exit_code == 0);
    REQUIRE(daemon.Stop() == 0);
  }
}

TEST_CASE("a restore of what is no good is refused and named, and changes nothing",
          "[end_to_end][backup]") {
  if (SkipsFilesOfSqlite()) return;
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  const std::string file = BackUp(daemon, "good.tar");
  const std::string good = ReadFile(file);
  const Ran running = Restore(file, daemon.data_dir());
  CHECK(running.exit_code == 1);
  CHECK_THAT(running.errors, Contains("another process holds the data directory"));
  REQUIRE(daemon.Stop() == 0);
  const std::string was = ReadFile(daemon.data_dir() + "/skyden.db");

  const auto altered = [&](size_t at) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    return bytes;
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string bytes = good;
    bytes.replace(bytes.find(from), from.size(), to);
    return bytes;
  };
  const std::string sha = good.substr(good.find("\"sha256\": \"") + 11, 64);
  std::string other_sha = sha;
  other_sha[0] = sha[0] == '0' ? '1' : '0';
  struct Case {
    std::string what;
    std::string bytes;
    std::string says;
  };
  const Case cases[] = {
      {"empty", "", "cut short"},
      {"cut in its head", good.substr(0, 300), "cut short"},
      {"cut in the middle", good.substr(0, good.size() / 2), "cut short"},
      {"without its end", good.substr(0, good.size() - 1024), "cut short"},
      {"a bit of the database", altered(good.size() - 20'000), "SHA-256"},
      {"a bit of a head", altered(good.find("skyden.db")), "damaged"},
      {"another digest", with(sha, other_sha), "SHA-256"},
      {"another count of rows", with("\"rows\": 1,", "\"rows\": 2,"), "table"},
      {"no backup", "hello", "cut short"},
      {"something behind it", good + "more", "after its end"},
  };
  for (const Case& one : cases) {
    const std::string bad = daemon.dir() + "/bad.tar";
    WriteFile(bad, one.bytes);
    const Ran refused = Restore(bad, daemon.data_dir());
    INFO(one.what << "\n" << refused.errors);
    CHECK(refused.exit_code == 1);
    CHECK_THAT(refused.errors, Contains(one.says));
    CHECK(ReadFile(daemon.data_dir() + "/skyden.db") == was);
    CHECK_FALSE(fs::exists(daemon.data_dir() + "/skyden.restore"));
  }
  SECTION("without the key, or with another one") {
    const std::string elsewhere = daemon.dir() + "/elsewhere";
    fs::create_directory(elsewhere);
    fs::permissions(elsewhere, fs::perms::owner_all);
    const Ran without = Restore(file, elsewhere);
    CHECK(without.exit_code == 2);
    CHECK_THAT(without.errors, Contains("put the secrets.key"));
    const std::string key = elsewhere + "/secrets.key";
    WriteFile(key, "other MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n");
    fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write);
    const Ran wrong = Restore(file, elsewhere);
    CHECK(wrong.exit_code == 1);
    CHECK_THAT(wrong.errors, Contains("which is not in this key file"));
    CHECK_FALSE(fs::exists(elsewhere + "/skyden.db"));
    // With its own it is a daemon's folder.
    WriteFile(key, ReadFile(daemon.data_dir() + "/secrets.key"));
    const Ran right = Restore(file, elsewhere);
    INFO(right.errors);
    CHECK(right.exit_code == 0);
    CHECK(Json::parse(right.output).count("set_aside") == 0);
  }
  SECTION("the good one is taken all the same") {
    REQUIRE(Restore(file, daemon.data_dir()).exit_code == 0);
    daemon.Start();
    CHECK(daemon.Call("GET", "/v1/mesh/control-planes/" + id).status == 200);
  }
}

TEST_CASE("an older database under connected zones: all are what it says, and watchers are told",
          "[end_to_end][backup]") {
  if (SkipsFilesOfSqlite()) return;
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  Put(daemon, id, "kept", 5);
  Put(daemon, id, "changed", 5);
  std::vector<std::unique_ptr<Process>> zones;
  for (int i = 0; i < 4; ++i) {
    const std::string name = "zone-" + std::to_string(i);
    zones.push_back(
        daemon.Simulate(name, daemon.GlobalAddress(id, daemon.Provision(id, name)), {}));
  }
  for (const auto& zone : zones) REQUIRE(zone->Prints("in sync"));
  const std::string file = BackUp(daemon, "older.tar");
  Put(daemon, id, "changed", 9);
  Put(daemon, id, "later", 5);
  REQUIRE(daemon.Call("DELETE", TestDaemon::ApiOf(id) + kTimeouts + "kept").status == 200);
  for (const auto& zone : zones) {
    REQUIRE(zone->Prints(" later"));
    REQUIRE(zone->Prints("no longer has MeshTimeout: kept"));
  }
  Process events({"curl", "-sN", "-H", "authorization: Bearer " + daemon.token(),
                  daemon.base() + TestDaemon::ApiOf(id) + "/events?since=1"},
                 daemon.dir() + "/events", {});
  REQUIRE(events.Prints("\"name\":\"later\""));
  const std::string seen = events.output();
  const size_t at = seen.rfind("\nid: ") + 5;
  const std::string last = seen.substr(at, seen.find('\n', at) - at);

  REQUIRE(daemon.Stop() == 0);
  REQUIRE(Restore(file, daemon.data_dir()).exit_code == 0);
  // Where the zones look for it.
  std::vector<std::string> serve = {SKYDEN_BINARY, "serve", "--data-dir", daemon.data_dir()};
  for (const std::string port : {"http", "admin", "kds", "diagnostics"}) {
    serve.insert(serve.end(), {"--" + port + "-address", daemon.address(port)});
  }
  Process restored(serve, daemon.dir() + "/restored");
  REQUIRE(restored.Says(daemon.address("http")));
  // Each is told everything, and then what is new.
  REQUIRE(zones.front()->Prints("in sync"));
  Put(daemon, id, "after", 5);
  for (const auto& zone : zones) {
    REQUIRE(zone->Prints("after"));
    const std::string told = zone->output();
    const std::string whole = told.substr(told.rfind("received MeshTimeout:"));
    CHECK_THAT(whole, Contains(" kept") && Contains(" changed") && !Contains(" later"));
  }
  Process again({"curl", "-sN", "-H", "authorization: Bearer " + daemon.token(), "-H",
                 "last-event-id: " + last, daemon.base() + TestDaemon::ApiOf(id) + "/events"},
                daemon.dir() + "/again", {});
  CHECK(again.Prints("event: reset"));
}

TEST_CASE("files copied under a running daemon are refused, or whole", "[end_to_end][backup]") {
  if (SkipsFilesOfSqlite()) return;
  TestDaemon daemon;
  const std::string id = daemon.CreateControlPlane("demo");
  TestDaemon other;
  REQUIRE(other.Stop() == 0);
  int refused = 0;
  Load writer(daemon, id, 0);
  for (int round = 0; round < 5; ++round) {
    writer.WaitFor(writer.acknowledged() + 20);
    const int before = writer.acknowledged();
    fs::remove_all(other.data_dir());
    fs::create_directory(other.data_dir());
    fs::permissions(other.data_dir(), fs::perms::owner_all);
    for (const auto& file : fs::directory_iterator(daemon.data_dir())) {
      const std::string name = file.path().filename().string();
      // A file that goes meanwhile is none that matters.
      std::error_code gone;
      fs::copy_file(file.path(), other.data_dir() + "/" + name, gone);
    }
    const Ran taken = Run({SKYDEN_BINARY, "migrate", "--data-dir", other.data_dir()});
    INFO(taken.errors);
    if (taken.exit_code != 0) {
      CHECK_THAT(taken.errors, Contains("data_dir: skyden.db"));
      ++refused;
      continue;
    }
    other.Start();
    CHECK(LastOf(other, id, 0) >= before);
    CHECK(other.Cli({"audit", "verify"}).exit_code == 0);
    REQUIRE(other.Stop() == 0);
  }
  WARN(refused << " of 5 copies were refused");
}

TEST_CASE("a backup is the operator's, and a full disk leaves nothing half",
          "[end_to_end][backup]") {
  if (SkipsFilesOfSqlite()) return;
  const TestDaemon daemon;
  daemon.CreateControlPlane("demo");
  SECTION("others may not") {
    const Ran account = daemon.Cli({"account", "create", "ci", "--role", "Admin"});
    const Ran token = daemon.Cli({"token", "create", "ci", "--name", "t"});
    INFO(account.errors << token.errors);
    REQUIRE(token.exit_code == 0);
    std::string secret = token.output;
    while (!secret.empty() && secret.back() == '\n') secret.pop_back();
    Rest rest(daemon.base(), secret);
    const Answer refused = rest.Call("POST", "/v3/backups");
    CHECK(refused.status == 403);
    CHECK(Rest(daemon.base(), "").Call("POST", "/v3/backups").status == 401);
  }
  SECTION("the client's disk is full") {
    const Ran full = Run({"sh", "-c",
                          std::string(SKYDEN_BINARY) + " backup --to - --data-dir " +
                              daemon.data_dir() + " > /dev/full"});
    CHECK(full.exit_code == 1);
    CHECK_THAT(full.errors, Contains("No space left on device"));
  }
  SECTION("a folder gets a file with a date, and nothing beside it") {
    const std::string folder = daemon.dir() + "/backups";
    fs::create_directory(folder);
    const Ran made = daemon.Cli({"backup", "--to", folder});
    CHECK(made.exit_code == 0);
    CHECK_THAT(made.output, Contains("secrets.key"));
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.push_back(entry.path().filename().string());
    }
    REQUIRE(names.size() == 1);
    CHECK_THAT(names.front(), Catch::Matchers::StartsWith("skyden-20"));
    // Others' tools can look into it.
    const Ran listed = Run({"tar", "-tf", folder + "/" + names.front()});
    CHECK(listed.output == "manifest.json\nskyden.db\n");
  }
  SECTION("of one control plane it is an export") {
    const std::string file = daemon.dir() + "/demo.yaml";
    REQUIRE(daemon.Cli({"backup", "--control-plane", "demo", "--to", file}).exit_code == 0);
    CHECK(ReadFile(file) == daemon.Cli({"export", "--control-plane", "demo"}).output);
  }
  SECTION("it is told to the audit") {
    BackUp(daemon, "b.tar");
    CHECK_THAT(daemon.Cli({"audit", "list"}).output, Contains("backup.create"));
  }
}

TEST_CASE("on PostgreSQL a backup says what to use instead", "[end_to_end][backup]") {
  if (!store::testing::OnPostgres()) return;
  const TestDaemon daemon;
  const Ran refused = daemon.Cli({"backup", "--to", daemon.dir() + "/x.tar"});
  CHECK(refused.exit_code == 1);
  CHECK_THAT(refused.errors, Contains("pg_basebackup"));
  CHECK_FALSE(fs::exists(daemon.dir() + "/x.tar"));
}

}  // namespace skyden::end_to_end
