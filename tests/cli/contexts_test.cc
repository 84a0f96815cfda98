// SPDX-License-Identifier: Apache-2.0
#include "cli/contexts.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "cli/destination.h"
#include "tests/temp_dir.h"

namespace skyden::cli {
namespace {

SavedContext Saved(const std::string& name, const std::string& address,
                   const std::string& token = "its") {
  return {.name = name, .address = address, .token = token};
}

Contexts Two() {
  Contexts contexts;
  contexts.Put(Saved("prod", "https://prod.example:5681", "of-prod"));
  contexts.Put(Saved("dev", "https://dev.example:5681", "of-dev"));
  contexts.current = "dev";
  return contexts;
}

std::string Said(const Directions& directions) {
  const auto destination = FindDestination(directions);
  return destination.ok() ? destination->address + " " + destination->token
                          : std::string(destination.status().message());
}

mode_t ModeOf(const std::string& path) {
  struct stat info {};
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

TEST_CASE("contexts are read as they were written, in a file that is its owner's", "[cli]") {
  const TempDir dir;
  const std::string path = dir.path() + "/config/skyden/contexts.json";
  CHECK(LoadContexts(path)->all.empty());
  Contexts contexts = Two();
  SavedContext renewed = Saved("by provider", "https://c.example", "a.b.c");
  renewed.token_ends = absl::FromUnixSeconds(1'800'000'000);
  renewed.ca_file = "/etc/ca.pem";
  renewed.account = "jane@example.com";
  renewed.renewal = Renewal{"https://login.example", "skyden", "https://login.example/token",
                            "refresh", "/etc/provider.pem"};
  contexts.Put(renewed);
  REQUIRE(SaveContexts(path, contexts).ok());
  CHECK(ModeOf(path) == 0600);
  CHECK(ModeOf(dir.path() + "/config/skyden") == 0700);
  const auto read = LoadContexts(path);
  REQUIRE(read.ok());
  CHECK(read->current == "dev");
  CHECK(read->all == contexts.all);
  CHECK(read->Find("by provider")->renewal == renewed.renewal);
  // One is put in the place of another of its name.
  contexts.Put(Saved("dev", "https://other.example"));
  CHECK(contexts.all.size() == 3);
  CHECK(contexts.Remove("dev"));
  CHECK_FALSE(contexts.Remove("dev"));
  REQUIRE(SaveContexts(path, contexts).ok());
  CHECK(LoadContexts(path)->all.size() == 2);
  // Nothing else lies beside it.
  CHECK(std::distance(std::filesystem::directory_iterator(dir.path() + "/config/skyden"),
                      std::filesystem::directory_iterator()) == 1);
}

TEST_CASE("a file that others could read, or that is none, is not believed", "[cli]") {
  const TempDir dir;
  const std::string path = dir.path() + "/skyden/contexts.json";
  REQUIRE(SaveContexts(path, Two()).ok());
  REQUIRE(chmod(path.c_str(), 0640) == 0);
  CHECK(absl::IsFailedPrecondition(LoadContexts(path).status()));
  REQUIRE(chmod(path.c_str(), 0600) == 0);
  CHECK(LoadContexts(path).ok());
  const std::string link = dir.path() + "/link.json";
  REQUIRE(symlink(path.c_str(), link.c_str()) == 0);
  CHECK(absl::IsFailedPrecondition(LoadContexts(link).status()));
  CHECK(absl::IsFailedPrecondition(LoadContexts(dir.path()).status()));
  for (const char* text : {"", "x", "[]", "{}", R"({"contexts":1})", "{\"contexts\":"}) {
    CAPTURE(text);
    std::ofstream(path, std::ios::trunc) << text;
    CHECK(absl::IsFailedPrecondition(LoadContexts(path).status()));
  }
  std::ofstream(path, std::ios::trunc)
      << R"({"current":7,"contexts":[1,{},{"name":"a"},{"name":"b","address":"https://b","token":1}]})";
  const auto read = LoadContexts(path);
  REQUIRE(read.ok());
  REQUIRE(read->all.size() == 1);
  CHECK(read->all[0] == SavedContext{.name = "b", .address = "https://b"});
}

TEST_CASE("a context's token goes to its own address and nowhere else", "[cli]") {
  const TempDir nowhere;  // no folder of a daemon
  Directions directions;
  directions.contexts = Two();
  CHECK(Said(directions) == "https://dev.example:5681 of-dev");
  directions.context = "prod";
  CHECK(Said(directions) == "https://prod.example:5681 of-prod");
  directions.context = "none";
  CHECK(Said(directions).find("there is no context") != std::string::npos);
  // An address beside it would be another's.
  directions.context = "prod";
  directions.address = "evil.example";
  CHECK(Said(directions).find("of-prod") == std::string::npos);
  directions = {};
  directions.contexts = Two();
  // One that was named gets the token that is kept for it.
  for (const char* address : {"prod.example:5681", "https://prod.example:5681/"}) {
    directions.address = address;
    CHECK(Said(directions) == "https://prod.example:5681 of-prod");
  }
  directions.address = "";
  directions.address_variable = "prod.example:5681";
  CHECK(Said(directions) == "https://prod.example:5681 of-prod");
  for (const char* other : {"http://prod.example:5681", "prod.example", "prod.example:1",
                            "prod.example.evil:5681", "evil.example"}) {
    CAPTURE(other);
    directions.address = other;
    directions.data_dir = "";
    CHECK(Said(directions).find("of-") == std::string::npos);
  }
}

TEST_CASE("what was said comes before what is kept", "[cli]") {
  const TempDir folder;
  std::ofstream(folder.path() + "/admin.token") << "local\n";
  Directions directions;
  directions.contexts = Two();
  directions.data_dir = folder.path();
  CHECK(Said(directions) == "http://127.0.0.1:5681 local");
  directions = {};
  directions.contexts = Two();
  directions.address = "prod.example:5681";
  directions.token_variable = "mine";
  CHECK(Said(directions) == "https://prod.example:5681 mine");
  // Somebody who signed out is told so.
  directions = {};
  directions.contexts = Two();
  directions.contexts.Put(Saved("dev", "https://dev.example:5681", ""));
  CHECK(Said(directions) == "nobody is signed in to dev: skyden login https://dev.example:5681");
}

}  // namespace
}  // namespace skyden::cli
