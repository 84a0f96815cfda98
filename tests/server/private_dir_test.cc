// SPDX-License-Identifier: Apache-2.0
#include "server/private_dir.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/skip.h"
#include "tests/temp_dir.h"

namespace skyden::server {
namespace {

mode_t ModeOf(const std::string& path) {
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}
void Put(const std::string& path, mode_t mode) {
  std::ofstream(path) << "x";
  REQUIRE(chmod(path.c_str(), mode) == 0);
}
void CheckRefused(const std::string& directory, const std::string& what, const std::string& mend) {
  const absl::Status refused = CheckPrivateDir(directory);
  INFO(refused);
  CHECK(absl::IsFailedPrecondition(refused));
  CHECK(std::string(refused.message()).find(what) != std::string::npos);
  CHECK(std::string(refused.message()).find(mend) != std::string::npos);
}

TEST_CASE("a directory that others may write to is refused", "[server][data_dir]") {
  const TempDir dir;
  for (const mode_t mode : {0770, 0707, 01777}) {
    REQUIRE(chmod(dir.path().c_str(), mode) == 0);
    CheckRefused(dir.path(), "others may write", "chmod 700 " + dir.path());
  }
  for (const mode_t mode : {0755, 0750, 0700}) {
    REQUIRE(chmod(dir.path().c_str(), mode) == 0);
    CHECK(CheckPrivateDir(dir.path()).ok());
  }
  CHECK(CheckPrivateDir(dir.path() + "/not-yet").ok());
}

TEST_CASE("a secret or a database that is a link, no file or others' to write is refused",
          "[server][data_dir]") {
  const TempDir dir;
  const TempDir elsewhere;
  Put(elsewhere.path() + "/it", 0600);
  for (const char* name : {"secrets.key", "admin.token", "skyden.db", "addresses.json"}) {
    CAPTURE(name);
    const std::string path = dir.path() + "/" + name;
    std::filesystem::create_symlink(elsewhere.path() + "/it", path);
    CheckRefused(dir.path(), path + " is a link", "the file itself");
    std::filesystem::remove(path);
    std::filesystem::create_symlink(elsewhere.path() + "/nothing", path);
    CheckRefused(dir.path(), path + " is a link", "the file itself");
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    CheckRefused(dir.path(), "is not a file", "move it away");
    std::filesystem::remove(path);
    Put(path, 0620);
    CheckRefused(dir.path(), "others may write", "chmod 600 " + path);
    std::filesystem::remove(path);
  }
  CHECK(CheckPrivateDir(dir.path()).ok());
}

TEST_CASE("what others could only read becomes its owner's alone", "[server][data_dir]") {
  const TempDir dir;
  Put(dir.path() + "/skyden.db", 0644);
  Put(dir.path() + "/admin.token", 0640);
  Put(dir.path() + "/notes.txt", 0644);
  Put(dir.path() + "/secrets.key", 0644);
  REQUIRE(CheckPrivateDir(dir.path()).ok());
  CHECK(ModeOf(dir.path() + "/skyden.db") == 0600);
  CHECK(ModeOf(dir.path() + "/admin.token") == 0600);
  CHECK(ModeOf(dir.path() + "/notes.txt") == 0644);  // none of ours
  // It may be others' by now, which is not mended by hiding it.
  CHECK(ModeOf(dir.path() + "/secrets.key") == 0644);
}

TEST_CASE("a directory or a file of another user is refused", "[server][data_dir]") {
  if (geteuid() != 0) {
    Skip("needs to be root, to give something away and to be somebody else");
    return;
  }
  const TempDir dir;
  constexpr uid_t kOther = 12345;
  constexpr uid_t kThird = 12346;
  REQUIRE(chown(dir.path().c_str(), kOther, 0) == 0);
  REQUIRE(seteuid(kOther) == 0);
  Put(dir.path() + "/skyden.db", 0600);
  const absl::Status own = CheckPrivateDir(dir.path());
  REQUIRE(seteuid(0) == 0);
  CHECK(own.ok());
  REQUIRE(chown((dir.path() + "/skyden.db").c_str(), kThird, 0) == 0);
  REQUIRE(seteuid(kOther) == 0);
  const absl::Status file = CheckPrivateDir(dir.path());
  REQUIRE(seteuid(0) == 0);
  CHECK(std::string(file.message()).find("skyden.db belongs to another user (id 12346)") !=
        std::string::npos);
  CheckRefused(dir.path(), "belongs to another user (id 12345)", "chown");
}

}  // namespace
}  // namespace skyden::server
