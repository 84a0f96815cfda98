// SPDX-License-Identifier: Apache-2.0
#include "cli/destination.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tests/temp_dir.h"

namespace skyden::cli {
namespace {

// A daemon's folder, as it looks to a client.
struct Folder {
  TempDir dir;

  explicit Folder(const std::string& http, bool tls = false, const std::string& token = "its") {
    std::ofstream(dir.path() + "/addresses.json")
        << R"({"http": ")" << http << R"(", "http_tls": )" << (tls ? "true" : "false") << "}";
    if (!token.empty()) std::ofstream(dir.path() + "/admin.token") << token << "\n";
  }
};

std::string Said(const absl::StatusOr<Destination>& destination) {
  return destination.ok() ? destination->address + " " + destination->token
                          : std::string(destination.status().message());
}
bool Says(const absl::StatusOr<Destination>& destination, const std::string& text) {
  INFO(Said(destination));
  CHECK(Said(destination).find(text) != std::string::npos);
  return Said(destination).find(text) != std::string::npos;
}

TEST_CASE("an address without a scheme is https, but for this machine's", "[cli]") {
  for (const char* here :
       {"localhost:5681", "LOCALHOST", "127.0.0.1:5681", "127.8.8.8:1", "[::1]:1"}) {
    CHECK(*CompleteAddress(here) == std::string("http://") + here);
  }
  for (const char* away :
       {"skyden.example.com:5681", "10.0.0.9:5681", "[2001:db8::1]:5681", "localhost.example.com",
        "127.0.0.1.example.com:1", "127.a", "0.0.0.0:1"}) {
    CHECK(*CompleteAddress(away) == std::string("https://") + away);
  }
  CHECK(*CompleteAddress("http://skyden.example.com:5681//") == "http://skyden.example.com:5681");
  CHECK(absl::IsInvalidArgument(CompleteAddress("grpc://a").status()));
}

TEST_CASE("SKYDEN_TOKEN goes where somebody said, never where a folder says", "[cli]") {
  const Folder hostile("evil.example:5681", true, "");
  const auto refused = FindDestination({.address = {},
                                        .data_dir = hostile.dir.path(),
                                        .address_variable = {},
                                        .token_variable = "mine"});
  CHECK(absl::IsInvalidArgument(refused.status()));
  Says(refused, "https://evil.example:5681");
  Says(refused, "--address");
  CHECK(Said(refused).find("mine") == std::string::npos);
  for (const auto& [flag, variable] : {std::pair("a.example:1", ""), std::pair("", "a.example:1"),
                                       std::pair("a.example:1", "b.example:2")}) {
    CHECK(Said(FindDestination({flag, hostile.dir.path(), variable, "mine"})) ==
          "https://a.example:1 mine");
  }
  const TempDir empty;
  CHECK(Said(FindDestination({"", empty.path(), "", "mine"})) == "http://127.0.0.1:5681 mine");
}

TEST_CASE("a folder's token goes to the folder's daemon", "[cli]") {
  const Folder folder("127.0.0.1:4711");
  CHECK(Said(FindDestination({"", folder.dir.path(), "", ""})) == "http://127.0.0.1:4711 its");
  CHECK(Said(FindDestination({"skyden.example.com:1", folder.dir.path(), "", ""})) ==
        "https://skyden.example.com:1 its");

  // Not said: whatever lies where we stand.
  const TempDir place;
  std::filesystem::copy(folder.dir.path(), place.path() + "/skyden-data");
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(place.path());
  const auto near = FindDestination({"", "", "", ""});
  const auto here = FindDestination({"", "", "127.0.0.1:5681", ""});
  const auto away = FindDestination({"https://skyden.example.com", "", "", ""});
  std::filesystem::current_path(before);
  CHECK(Said(near) == "http://127.0.0.1:4711 its");
  CHECK(Said(here) == "http://127.0.0.1:5681 its");
  CHECK(absl::IsUnauthenticated(away.status()));
  Says(away, "set SKYDEN_TOKEN");
}

TEST_CASE("the daemon of a package is found where no other is meant", "[cli]") {
  const Folder packaged("127.0.0.1:9", false, "packaged");
  const auto find = [&packaged](const std::string& address, const std::string& token) {
    Directions directions{address, "", "", token};
    directions.system_dir = packaged.dir.path();
    return FindDestination(directions);
  };
  const TempDir elsewhere;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(elsewhere.path());
  CHECK(Said(find("", "")) == "http://127.0.0.1:9 packaged");
  CHECK(Said(find("127.0.0.1:7", "")) == "http://127.0.0.1:7 packaged");
  CHECK(Said(find("", "mine")) == "http://127.0.0.1:5681 mine");
  // Its token is not for others.
  CHECK(absl::IsUnauthenticated(find("skyden.example.com", "").status()));
  // One that runs where we stand comes first.
  std::filesystem::create_directory("skyden-data");
  std::ofstream("skyden-data/addresses.json") << R"({"http": "127.0.0.1:8", "http_tls": false})";
  std::ofstream("skyden-data/admin.token") << "near\n";
  CHECK(Said(find("", "")) == "http://127.0.0.1:8 near");
  std::filesystem::current_path(before);
}

TEST_CASE("a folder whose token is a link to another's has none", "[cli]") {
  const Folder own("127.0.0.1:1", false, "precious");
  const Folder hostile("evil.example:5681", true, "");
  REQUIRE(symlink((own.dir.path() + "/admin.token").c_str(),
                  (hostile.dir.path() + "/admin.token").c_str()) == 0);
  const auto refused = FindDestination({"", hostile.dir.path(), "", ""});
  CHECK(absl::IsUnauthenticated(refused.status()));
  Says(refused, "no token");
}

}  // namespace
}  // namespace skyden::cli
