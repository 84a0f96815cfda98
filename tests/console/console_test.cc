// SPDX-License-Identifier: Apache-2.0
#include "skyden/console/console.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>
#include <string>

#include "console/embedded.h"
#include "tests/console/answers.h"
#include "tests/skip.h"

namespace skyden::console {
namespace {

using Wanted = Console::Wanted;

http::Request Asking(const std::string& path, const std::string& accept = "text/html,*/*") {
  http::Request request;
  request.method = http::Method::kGet;
  request.path = request.target = path;
  request.headers.push_back({"Accept", accept});
  return request;
}

bool IsBuilt() {
  if (!ConsoleVersion().empty()) return true;
  Skip("the console was not built: its packages are missing");
  return false;
}

TEST_CASE("the page is at each of its addresses, and elsewhere below it says that it is not",
          "[console]") {
  if (!IsBuilt()) return;
  const auto console = Console::Create(Wanted::kYes);
  REQUIRE(console->shown());
  for (const char* path :
       {"/console", "/console/", "/console/zones", "/console/zones/", "/console/cp/some-id",
        "/console/cp/id/zones/eu%2F1", "/console/sign-in"}) {
    INFO(path);
    const auto answer = console->Answer(Asking(path));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(answer->content_type == "text/html; charset=utf-8");
    CHECK(HeaderOf(*answer, "Cache-Control") == "no-cache");
  }
  for (const char* path :
       {"/console/nowhere", "/console/cp", "/console/cp//zones", "/console/zones/a",
        "/console/../etc/passwd", "/console/%2e%2e", "/console/cp/id/zones/a/b"}) {
    INFO(path);
    const auto answer = console->Answer(Asking(path));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 404);
    CHECK(BodyOf(*answer) == BodyOf(*console->Answer(Asking("/console/"))));
  }
}

TEST_CASE("browsers that ask for nothing in particular are led to the page", "[console]") {
  if (!IsBuilt()) return;
  const auto console = Console::Create(Wanted::kYes);
  const auto led = console->Answer(Asking("/"));
  REQUIRE(led.has_value());
  CHECK(led->status == 302);
  CHECK(HeaderOf(*led, "Location") == "/console/");
  CHECK_FALSE(console->Answer(Asking("/", "application/json")).has_value());
  for (const char* path : {"/consoles", "/v3/zones", "//console/", "/Console/"}) {
    CHECK_FALSE(console->Answer(Asking(path)).has_value());
  }
  http::Request post = Asking("/console/");
  post.method = http::Method::kPost;
  CHECK_FALSE(console->Answer(post).has_value());
}

TEST_CASE("every file that the page names is there, and named by the content of all", "[console]") {
  if (!IsBuilt()) return;
  const auto console = Console::Create(Wanted::kYes);
  const std::string page = BodyOf(*console->Answer(Asking("/console/")));
  const std::regex address("(?:href|src)=\"(/console/assets/[^\"]*)\"");
  size_t named = 0;
  for (std::sregex_iterator it(page.begin(), page.end(), address), end; it != end; ++it, ++named) {
    const std::string path = (*it)[1];
    INFO(path);
    const auto file = console->Answer(Asking(path));
    REQUIRE(file.has_value());
    CHECK(file->status == 200);
    CHECK(HeaderOf(*file, "Cache-Control") == "public, max-age=31536000, immutable");
    CHECK(path.find(ConsoleVersion()) != std::string::npos);
  }
  CHECK(named > 3);
  for (const std::string path :
       {"/console/assets/", "/console/assets/main.js", "/console/assets/000000000000/main.js"}) {
    CHECK(console->Answer(Asking(path))->status == 404);
  }
}

TEST_CASE("each of the console's answers carries its policy", "[console]") {
  if (!IsBuilt()) return;
  const auto console = Console::Create(Wanted::kYes);
  for (const char* path :
       {"/console/", "/console/nowhere", "/console/licences", "/console/assets/x"}) {
    INFO(path);
    const auto answer = console->Answer(Asking(path));
    REQUIRE(answer.has_value());
    const std::string policy = HeaderOf(*answer, "Content-Security-Policy");
    CHECK(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
    CHECK(policy.find("require-trusted-types-for 'script'; trusted-types 'none'") !=
          std::string::npos);
    CHECK(HeaderOf(*answer, "X-Content-Type-Options") == "nosniff");
    CHECK(HeaderOf(*answer, "Referrer-Policy") == "no-referrer");
    CHECK(HeaderOf(*answer, "Strict-Transport-Security").empty());
    http::Request request = Asking(path);
    request.tls = true;
    CHECK_FALSE(HeaderOf(*console->Answer(request), "Strict-Transport-Security").empty());
  }
}

TEST_CASE("the licences of what is embedded are shown", "[console]") {
  if (!IsBuilt()) return;
  const std::string text =
      BodyOf(*Console::Create(Wanted::kYes)->Answer(Asking("/console/licences")));
  for (const char* part :
       {"preact ", "htm ", "@preact/signals ", "Permission is hereby granted", "Apache License"}) {
    CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("what is embedded keeps within its budget", "[console]") {
  if (!IsBuilt()) return;
  // Each screen is read when it is shown, so nobody reads all.
  constexpr size_t kAll = 60u << 10;
  constexpr size_t kBeforeTheFrame = 25u
                                     << 10;  // the page, its styles, and what it asks for at once
  const EmbeddedPage page = Embedded();
  if (std::any_of(page.files.begin(), page.files.end(),
                  [](const EmbeddedFile& file) { return file.name == "preact.js"; })) {
    return Skip("the console is embedded as it is written: there was no esbuild");
  }
  const auto compressed = [](std::string_view text) {
    const auto document = http::Document::Make(std::string(text));
    return document->gzip() == nullptr ? text.size() : document->gzip()->bytes().size();
  };
  size_t all = compressed(page.index);
  size_t at_once = all;
  for (const EmbeddedFile& file : page.files) {
    const size_t bytes = compressed(file.content);
    all += bytes;
    if (page.index.find("/" + std::string(file.name) + "\"") != std::string_view::npos) {
      at_once += bytes;
    }
  }
  WARN("all " << all << " bytes, at once " << at_once << " in " << page.files.size() << " files");
  CHECK(all <= kAll);
  CHECK(at_once <= kBeforeTheFrame);
}

TEST_CASE("a console that is switched off says so, and leads nobody to it", "[console]") {
  const auto console = Console::Create(Wanted::kNo);
  CHECK_FALSE(console->shown());
  CHECK_FALSE(console->Answer(Asking("/")).has_value());
  const auto answer = console->Answer(Asking("/console/"));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 404);
  CHECK(BodyOf(*answer).find(ConsoleVersion().empty() ? "without" : "console: false") !=
        std::string::npos);
}

}  // namespace
}  // namespace skyden::console
