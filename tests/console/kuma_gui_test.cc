// SPDX-License-Identifier: Apache-2.0
#include "skyden/console/kuma_gui.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "skyden/base/strings.h"
#include "tests/console/answers.h"
#include "tests/console/gui_folder.h"

namespace skyden::console {
namespace {

constexpr KumaGui::Site kSite{
    .gui_path = "/cp/1/gui", .api_path = "/cp/1/api", .kuma_version = "2"};

std::unique_ptr<KumaGui> Load(const GuiFolder& folder) {
  auto gui = KumaGui::Load(folder.path());
  REQUIRE(gui.ok());
  return *std::move(gui);
}

std::string Refusal(const GuiFolder& folder) {
  const auto gui = KumaGui::Load(folder.path());
  CHECK(gui.status().code() == absl::StatusCode::kFailedPrecondition);
  return std::string(base::ToStd(gui.status().message()));
}

TEST_CASE("the page is filled for the control plane that is looked at", "[console]") {
  const GuiFolder folder;
  const http::Response page = Load(folder)->Page({}, kSite);
  CHECK(page.status == 200);
  CHECK(page.content_type == "text/html; charset=utf-8");
  CHECK(BodyOf(page) ==
        "<!DOCTYPE html>\n<base href=\"/cp/1/gui/\">\n"
        "<script type=\"application/json\" id=\"kuma-config\">"
        "{\"baseGuiPath\":\"/cp/1/gui\",\"apiUrl\":\"/cp/1/"
        "api\",\"version\":\"2\",\"product\":\"Kuma\","
        "\"mode\":\"global\",\"environment\":\"universal\",\"storeType\":\"sqlite\","
        "\"apiReadOnly\":false}</script>\n"
        "<script type=\"module\" src=\"./assets/index-1.js\"></script>\n");
  CHECK(HeaderOf(page, "Cache-Control") == "no-cache");
  CHECK(HeaderOf(page, "Content-Security-Policy").find("script-src 'self';") != std::string::npos);
}

TEST_CASE("nothing that the page is filled with ends its script or its attribute", "[console]") {
  const GuiFolder folder;
  const std::string page = BodyOf(Load(folder)->Page(
      {}, {.gui_path = "/\"><i>", .api_path = "</script><b>&{{.}}", .kuma_version = "<!--"}));
  CHECK(page.find("<base href=\"/&#34;&gt;&lt;i&gt;/\">") != std::string::npos);
  CHECK(page.find("\"apiUrl\":\"\\u003c/script\\u003e\\u003cb\\u003e\\u0026{{.}}\"") !=
        std::string::npos);
  CHECK(page.find("\"version\":\"\\u003c!--\"") != std::string::npos);
}

TEST_CASE("a path is a file, a 404 among the assets, or the page", "[console]") {
  const GuiFolder folder;
  const auto gui = Load(folder);
  const auto status = [&](std::string_view path) {
    const auto file = gui->File({}, path);
    return file.has_value() ? file->status : 0;
  };
  CHECK(status("/assets/index-1.js") == 200);
  CHECK(status("/assets/index%2D1.js") == 200);
  CHECK(status("/favicon.png") == 200);
  for (const char* missing :
       {"/assets/index-2.js", "/assets/", "/assets/../index.html", "/assets/%2e%2e/index.html",
        "/assets/%00", "/assets/%", "/assets/index-1.js%00", "/assets/index-1.js/"}) {
    INFO(missing);
    CHECK(status(missing) == 404);
  }
  for (const char* page : {"", "/", "/index.html", "/meshes/default/services", "/../../etc/passwd",
                           "/%2e%2e/%2e%2e/etc/passwd", "/%", "/asset"}) {
    INFO(page);
    CHECK(status(page) == 0);
  }
}

TEST_CASE("assets are kept for ever and compressed once", "[console]") {
  const GuiFolder folder;
  const auto gui = Load(folder);
  const auto file = gui->File({}, "/assets/index-1.js");
  REQUIRE(file.has_value());
  CHECK(HeaderOf(*file, "Cache-Control") == "public, max-age=31536000, immutable");
  CHECK(HeaderOf(*file, "X-Content-Type-Options") == "nosniff");
  REQUIRE(file->document != nullptr);
  CHECK(file->document->gzip() != nullptr);
  CHECK(file->document == gui->File({}, "/assets/index-1.js")->document);
  CHECK(HeaderOf(*gui->File({}, "/favicon.png"), "Cache-Control") == "no-cache");
}

TEST_CASE("what was read is served whole, whatever becomes of the folder", "[console]") {
  const GuiFolder folder;
  const auto gui = Load(folder);
  folder.Write("index.html", "another");
  std::filesystem::remove_all(folder / "assets");
  CHECK(gui->File({}, "/assets/index-1.css")->status == 200);
  CHECK(BodyOf(gui->Page({}, kSite)).starts_with("<!DOCTYPE html>"));
}

TEST_CASE("a folder that is no copy of Kuma's GUI is refused with what would be one", "[console]") {
  const GuiFolder folder;
  const std::string index(GuiFolder::kIndex);
  SECTION("no page") {
    std::filesystem::remove(folder / "index.html");
    CHECK(Refusal(folder).starts_with("there is no index.html in it: name the folder"));
  }
  SECTION("filled already") {
    folder.Write("index.html", "<base href=\"/gui/\">{{.}}");
    CHECK(Refusal(folder).starts_with("index.html does not have {{.BaseGuiPath}} once: take"));
  }
  SECTION("no place for the configuration") {
    folder.Write("index.html", "<base href=\"{{.BaseGuiPath}}/\">");
    CHECK(Refusal(folder).starts_with("index.html does not have {{.}} once"));
  }
  SECTION("a mark twice") {
    folder.Write("index.html", index + "{{.}}");
    CHECK(Refusal(folder).starts_with("index.html does not have {{.}} once"));
  }
  SECTION("marks that nobody knows") {
    folder.Write("index.html", index + "{{.Product}}");
    CHECK(Refusal(folder).starts_with("index.html wants to be told more than is known here"));
  }
}

}  // namespace
}  // namespace skyden::console
