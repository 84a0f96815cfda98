// SPDX-License-Identifier: Apache-2.0
#include "skyden/identity/bootstrap.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "identity/private_file.h"
#include "skyden/identity/authenticator.h"
#include "tests/env/test_store.h"
#include "tests/temp_dir.h"

namespace skyden::identity {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

mode_t ModeOf(const std::string& path) {
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

TEST_CASE("the first start leaves an operator's token that works") {
  TestStore store;
  base::FakeClock clock;
  const auto result = Bootstrap(*store, clock, store.directory());
  REQUIRE(result.ok());
  const std::string path = store.directory() + "/admin.token";
  CHECK(result->token_file == path);
  CHECK(ModeOf(path) == 0600);
  CHECK_FALSE(std::filesystem::exists(path + ".tmp"));

  const auto organizations = store->ListOrganizations(model::SystemScope::For("test"));
  REQUIRE(organizations.ok());
  REQUIRE(organizations->size() == 1);
  CHECK(organizations->front().name == "default");

  std::string token = ReadAll(path);
  REQUIRE(token.ends_with('\n'));
  token.pop_back();
  Authenticator authenticator({*store, clock});
  const auto caller = authenticator.Authenticate(token);
  REQUIRE(caller.ok());
  CHECK(caller->access->IsOperator());
  CHECK(caller->organization == result->organization);
}

TEST_CASE("later starts change nothing, even when the file was moved away") {
  TestStore store;
  base::FakeClock clock;
  REQUIRE(Bootstrap(*store, clock, store.directory()).ok());
  const std::string path = store.directory() + "/admin.token";
  const std::string token = ReadAll(path);
  std::filesystem::remove(path);
  const auto again = Bootstrap(*store, clock, store.directory());
  REQUIRE(again.ok());
  CHECK(again->token_file.empty());
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(store->ListOrganizations(model::SystemScope::For("test"))->size() == 1);
  Authenticator authenticator({*store, clock});
  CHECK(authenticator.Authenticate(token.substr(0, token.size() - 1)).ok());
}

TEST_CASE("a first start that was cut off before the account existed is made good") {
  TestStore store;
  base::FakeClock clock;
  // What a crash leaves: the organization, a file of a token that never became valid, a half file.
  store.NewOrganization("default");
  const std::string path = store.directory() + "/admin.token";
  std::ofstream(path) << "sksat_of_a_crashed_start\n";
  std::ofstream(path + ".tmp") << "half";
  const auto result = Bootstrap(*store, clock, store.directory());
  REQUIRE(result.ok());
  CHECK(ModeOf(path) == 0600);
  std::string token = ReadAll(path);
  token.pop_back();
  Authenticator authenticator({*store, clock});
  CHECK(authenticator.Authenticate(token).ok());
}

TEST_CASE("a data directory that cannot be written is named, and no operator is left behind") {
  TestStore store;
  base::FakeClock clock;
  const auto failed = Bootstrap(*store, clock, store.directory() + "/missing");
  REQUIRE_FALSE(failed.ok());
  CHECK(std::string(failed.status().message()).find("/missing/admin.token") != std::string::npos);
  CHECK(Bootstrap(*store, clock, store.directory())->token_file ==
        store.directory() + "/admin.token");
}

TEST_CASE("a private file replaces a link instead of following it") {
  const TempDir directory;
  const std::string target = directory.path() + "/target";
  const std::string path = directory.path() + "/file";
  std::ofstream(target) << "untouched";
  std::filesystem::create_symlink(target, path);
  std::filesystem::create_symlink(target, path + ".tmp");
  REQUIRE(WritePrivateFile(path, "secret").ok());
  CHECK(ReadAll(target) == "untouched");
  CHECK(ReadAll(path) == "secret");
  CHECK_FALSE(std::filesystem::is_symlink(path));
}

}  // namespace
}  // namespace skyden::identity
