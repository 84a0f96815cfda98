// SPDX-License-Identifier: Apache-2.0
// What a daemon is not started from: another's folder, files that are not what was left, a key that
// does not open what is stored. One line each, and nothing is made or lost.
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>

#include "fmt/format.h"
#include "tests/end_to_end/daemon.h"
#include "tests/end_to_end/files_of_sqlite.h"

namespace skyden::end_to_end {
namespace {

namespace fs = std::filesystem;

Ran Serve(const TestDaemon& daemon) {
  return Run({SKYDEN_BINARY, "serve", "--data-dir", daemon.data_dir(), "--http-address",
              "127.0.0.1:0", "--admin-address", "127.0.0.1:0", "--kds-address", "127.0.0.1:0",
              "--diagnostics-address", "127.0.0.1:0"},
             daemon.environment());
}

// Names and sizes; what is in the files that people hold as well.
std::string Inventory(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& file : fs::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    files.push_back(fmt::format("{} {}", name, file.file_size()));
    if (name == "secrets.key" || name == "admin.token" || name == "addresses.json") {
      files.back() += ReadFile(file.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  std::string all;
  for (const std::string& file : files) all += file + "\n";
  return all;
}

void CheckRefused(const TestDaemon& daemon, const std::string& what) {
  const std::string before = Inventory(daemon.data_dir());
  const Ran ran = Serve(daemon);
  INFO(ran.errors);
  CHECK(ran.exit_code == 1);
  CHECK(std::count(ran.errors.begin(), ran.errors.end(), '\n') == 1);
  CHECK(ran.errors.find("event=\"cannot start\"") != std::string::npos);
  CHECK(ran.errors.find(what) != std::string::npos);
  CHECK(Inventory(daemon.data_dir()) == before);
}

std::string AddSecret(const TestDaemon& daemon) {
  const std::string api = TestDaemon::ApiOf(daemon.CreateControlPlane("demo"));
  const Json secret = {{"type", "GlobalSecret"}, {"name", "mine"}, {"data", "cGxhaW4="}};
  REQUIRE(daemon.Call("PUT", api + "/global-secrets/mine", secret).status == 201);
  return api + "/global-secrets/mine";
}

TEST_CASE("a second daemon on a folder is refused, and takes nothing from the first",
          "[end_to_end][start]") {
  TestDaemon daemon;
  CheckRefused(daemon, "another process holds the data directory");
  CHECK(daemon.Call("GET", "/v1/mesh/control-planes").status == 200);
  CHECK(daemon.Stop() == 0);
}

TEST_CASE("a folder whose database is gone is not begun anew", "[end_to_end][start]") {
  if (SkipsFilesOfSqlite()) return;
  TestDaemon daemon;
  const std::string path = AddSecret(daemon);
  const bool stopped = GENERATE(true, false);
  if (stopped) {
    REQUIRE(daemon.Stop() == 0);
  } else {
    daemon.Kill();
  }
  const std::string database = daemon.data_dir() + "/skyden.db";
  const bool knows_state = GENERATE(true, false);
  if (!knows_state) fs::remove(daemon.data_dir() + "/skyden.state");
  fs::rename(database, daemon.dir() + "/kept");
  CheckRefused(daemon, "skyden.db is missing");
  fs::rename(daemon.dir() + "/kept", database);
  daemon.Start();
  CHECK(daemon.Call("GET", path).status == 200);
  CHECK(daemon.Stop() == 0);
}

TEST_CASE("a stop leaves everything in the one file that people back up", "[end_to_end][start]") {
  if (SkipsFilesOfSqlite()) return;
  TestDaemon daemon;
  const std::string path = AddSecret(daemon);
  REQUIRE(daemon.Stop() == 0);
  CHECK_FALSE(fs::exists(daemon.data_dir() + "/skyden.db-wal"));
  const std::string backup = ReadFile(daemon.data_dir() + "/skyden.db");
  daemon.Start();
  REQUIRE(daemon.Call("DELETE", path).status == 200);
  REQUIRE(daemon.Stop() == 0);

  // Put back as the README says.
  WriteFile(daemon.data_dir() + "/skyden.db", backup);
  CheckRefused(daemon, "skyden migrate --adopt-database");
  const Ran adopted =
      Run({SKYDEN_BINARY, "migrate", "--data-dir", daemon.data_dir(), "--adopt-database"});
  INFO(adopted.errors);
  REQUIRE(adopted.exit_code == 0);
  CHECK(adopted.output.find("The database is taken as it is.") != std::string::npos);
  daemon.Start();
  CHECK(daemon.Call("GET", path).body.at("data") == "cGxhaW4=");
  CHECK(daemon.Stop() == 0);
}

TEST_CASE("a WAL that a kill left is needed whole", "[end_to_end][start]") {
  if (SkipsFilesOfSqlite()) return;
  TestDaemon daemon;
  const std::string path = AddSecret(daemon);
  daemon.Kill();
  const std::string wal = daemon.data_dir() + "/skyden.db-wal";
  const std::string kept = ReadFile(wal);
  fs::remove(wal);
  CheckRefused(daemon, "skyden.db-wal is missing");
  WriteFile(wal, kept.substr(0, kept.size() / 2));
  CheckRefused(daemon, "skyden.db-wal is cut short");
  WriteFile(wal, kept);
  daemon.Start();
  CHECK(daemon.Call("GET", path).status == 200);
  CHECK(daemon.Stop() == 0);
}

TEST_CASE("a secrets key that does not open what is stored is refused", "[end_to_end][start]") {
  struct Damage {
    const char* what;
    std::function<void(const std::string& file)> done;
  };
  const auto damage = GENERATE(values<Damage>({
      {"secrets_key_file: there is no", [](const std::string& file) { fs::remove(file); }},
      {"secrets_key_file: the key does not open",
       [](const std::string& file) {
         std::string text = ReadFile(file);
         char& digit = text[text.find(' ') + 5];
         digit = digit == 'A' ? 'B' : 'A';
         WriteFile(file, text);
       }},
      {"secrets_key_file: the key does not open",
       [](const std::string& file) {
         WriteFile(file, "other MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n");
       }},
  }));
  TestDaemon daemon;
  const std::string path = AddSecret(daemon);
  REQUIRE(daemon.Stop() == 0);
  const std::string file = daemon.data_dir() + "/secrets.key";
  const std::string kept = ReadFile(file);
  damage.done(file);
  CheckRefused(daemon, damage.what);
  WriteFile(file, kept);
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  daemon.Start();
  CHECK(daemon.Call("GET", path).body.at("data") == "cGxhaW4=");
  CHECK(daemon.Stop() == 0);
}

TEST_CASE("what a daemon keeps is its owner's alone, and nobody else's to write",
          "[end_to_end][start]") {
  TestDaemon daemon;
  for (const auto& file : std::filesystem::directory_iterator(daemon.data_dir())) {
    struct stat info {};
    CAPTURE(file.path().string());
    REQUIRE(stat(file.path().c_str(), &info) == 0);
    CHECK((info.st_mode & 077) == 0);
  }
  REQUIRE(daemon.Stop() == 0);
  REQUIRE(chmod(daemon.data_dir().c_str(), 0770) == 0);
  const Ran refused =
      Run({SKYDEN_BINARY, "serve", "--data-dir", daemon.data_dir()}, daemon.environment());
  CHECK(refused.exit_code == 1);
  CHECK(refused.errors.find("chmod 700 " + daemon.data_dir()) != std::string::npos);
  CHECK(Run({SKYDEN_BINARY, "migrate", "--data-dir", daemon.data_dir()}, daemon.environment())
            .exit_code == 1);
  REQUIRE(chmod(daemon.data_dir().c_str(), 0700) == 0);
  daemon.Start();
}

}  // namespace
}  // namespace skyden::end_to_end
