// SPDX-License-Identifier: Apache-2.0
// What the daemon shows to browsers: its own page, and Kuma's GUI of a copy that it is given.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/console/gui_folder.h"
#include "tests/end_to_end/daemon.h"

namespace skyden::end_to_end {
namespace {

TEST_CASE("a copy of Kuma's GUI is served as it was when the daemon started", "[end_to_end]") {
  const console::GuiFolder folder;
  const TestDaemon daemon({"--kuma-gui-dir", folder.path()});
  const std::string id = daemon.CreateControlPlane("demo");
  const std::string gui = "/v1/mesh/control-planes/" + id + "/gui";
  std::filesystem::remove_all(folder / "assets");
  folder.Write("index.html", "another");
  const Answer page = daemon.Call("GET", gui + "/");
  CHECK(page.status == 200);
  CHECK(page.body.get<std::string>().find("<base href=\"" + gui + "/\">") != std::string::npos);
  CHECK(daemon.Call("GET", gui + "/assets/index-1.css").status == 200);
  CHECK(daemon.Call("GET", TestDaemon::ApiOf(id)).body.at("gui") == gui);
}

TEST_CASE("a folder that is no copy of Kuma's GUI is one line, and nothing is made",
          "[end_to_end][start]") {
  const TempDir empty;
  const Ran ran =
      Run({SKYDEN_BINARY, "serve", "--data-dir", empty / "data", "--kuma-gui-dir", empty.path()});
  CHECK(ran.exit_code == 1);
  CHECK(std::count(ran.errors.begin(), ran.errors.end(), '\n') == 1);
  CHECK(ran.errors.find("kuma_gui_dir: there is no index.html in it") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(empty / "data"));
}

TEST_CASE("a console that is not wanted is not there", "[end_to_end]") {
  const TestDaemon daemon({"--console=false"});
  const Answer page = daemon.Call("GET", "/console/");
  CHECK(page.status == 404);
  CHECK(page.body.is_string());
  CHECK(daemon.Call("GET", "/").status == 404);
}

TEST_CASE("the version says whether there is a console", "[end_to_end]") {
  const Ran ran = Run({SKYDEN_BINARY, "version"});
  CHECK(ran.exit_code == 0);
  CHECK(ran.output.find("\nConsole ") != std::string::npos);
}

}  // namespace
}  // namespace skyden::end_to_end
