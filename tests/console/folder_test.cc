// SPDX-License-Identifier: Apache-2.0
#include "console/folder.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "skyden/base/strings.h"
#include "tests/console/gui_folder.h"

namespace skyden::console {
namespace {

namespace fs = std::filesystem;

constexpr FolderLimits kLimits{.files = 10, .bytes = 1u << 20};

std::string Refusal(const std::string& folder, const FolderLimits& limits = kLimits) {
  const auto files = ReadFolder(folder, limits);
  CHECK(files.status().code() == absl::StatusCode::kFailedPrecondition);
  return std::string(base::ToStd(files.status().message()));
}

bool Says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a folder is read whole, but for what begins with a dot", "[console]") {
  const GuiFolder folder;
  folder.Write(".git/config", "secret");
  folder.Write("assets/.hidden", "secret");
  const auto files = ReadFolder(folder.path(), kLimits);
  REQUIRE(files.ok());
  CHECK(files->size() == 4);
  CHECK(files->at("assets/index-1.css") == "p { color: red }\n");
  CHECK(files->at("index.html") == GuiFolder::kIndex);
}

TEST_CASE("a link to a file inside is that file, one that leads out is refused", "[console]") {
  const GuiFolder folder;
  const TempDir elsewhere;
  SECTION("inside") {
    fs::create_symlink("index-1.js", folder / "assets/index-2.js");
    const auto files = ReadFolder(folder.path(), kLimits);
    REQUIRE(files.ok());
    CHECK(files->at("assets/index-2.js") == files->at("assets/index-1.js"));
  }
  SECTION("to a file outside") {
    fs::create_symlink("/etc/passwd", folder / "assets/passwd");
    CHECK(
        Says(Refusal(folder.path()), "assets/passwd is a link that leads out of the folder: put"));
  }
  SECTION("to a neighbour whose name begins alike") {
    fs::create_directory(folder.path() + "-b");
    fs::create_symlink(folder.path() + "-b", folder / "assets/b");
    CHECK(Says(Refusal(folder.path()), "leads out of the folder"));
    fs::remove(folder.path() + "-b");
  }
  SECTION("to a folder outside") {
    fs::create_directory_symlink(elsewhere.path(), folder / "more");
    CHECK(Says(Refusal(folder.path()), "more is a link that leads out of the folder"));
  }
  SECTION("to a folder inside, which would be there twice") {
    fs::create_directory_symlink("assets", folder / "again");
    CHECK(Says(Refusal(folder.path()), "again is not a file"));
  }
  SECTION("to nothing") {
    fs::create_symlink("nothing", folder / "assets/lost");
    CHECK(Says(Refusal(folder.path()), "assets/lost is a link that leads nowhere"));
  }
  SECTION("the folder itself may be one") {
    fs::create_directory_symlink(folder.path(), elsewhere / "gui");
    CHECK(ReadFolder(elsewhere / "gui", kLimits).ok());
  }
}

TEST_CASE("what is no folder of files is refused", "[console]") {
  const GuiFolder folder;
  CHECK(Says(Refusal(folder / "nowhere"), "is not a folder that can be read"));
  CHECK(Says(Refusal(folder / "index.html"), "is not a folder that can be read"));
  CHECK(Says(Refusal(folder.path(), {.files = 3, .bytes = 1u << 20}), "more than 3 files"));
  CHECK(Says(Refusal(folder.path(), {.files = 10, .bytes = 1000}), "name the folder that holds"));
  REQUIRE(mkfifo((folder / "assets/pipe").c_str(), 0600) == 0);
  CHECK(Says(Refusal(folder.path()), "assets/pipe is not a file: move it away"));
}

}  // namespace
}  // namespace skyden::console
