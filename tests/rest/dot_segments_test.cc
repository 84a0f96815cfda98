// SPDX-License-Identifier: Apache-2.0
// The addresses are those that Kuma 2.14.3 answered with.
#include "rest/dot_segments.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace skyden::rest {
namespace {

constexpr char kRoot[] = "/v1/mesh/control-planes/id/api";

std::optional<http::Response> Ask(http::Method method, std::string_view target) {
  http::Request request;
  request.method = method;
  const size_t mark = std::min(target.find('?'), target.size());
  request.path = kRoot + std::string(target.substr(0, mark));
  if (mark < target.size()) request.query = target.substr(mark + 1);
  return WithoutDots(request, std::string_view(request.path).substr(std::string(kRoot).size()));
}

TEST_CASE("a path with dots leads to the one without", "[rest]") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"/meshes/./default", "/meshes/default"},
      {"/meshes/../meshes/default", "/meshes/default"},
      {"/meshes/..", "/"},
      {"/./", "/"},
      {"/..", "/"},
      {"/../../../x", "/x"},
      {"/a/b/../../../meshes", "/meshes"},
      {"/meshes/default/meshtimeouts/.", "/meshes/default/meshtimeouts"},
      {"/meshes/default/meshtimeouts/../", "/meshes/default/"},
      {"/meshes//./default", "/meshes/default"},
      {"/meshes/./default?x=1", "/meshes/default?x=1"},
      {"/meshes/.?", "/meshes"},
      {"/meshes/./a%20b", "/meshes/a%2520b"},
      {"/meshes/./a%2Fb", "/meshes/a%252Fb"},
      {"/meshes/./<x>", "/meshes/%253Cx%253E"},
      {"/meshes/./a+b:c;d", "/meshes/a+b:c;d"},
  };
  for (const auto& [asked, told] : cases) {
    CAPTURE(asked);
    const auto response = Ask(http::Method::kGet, asked);
    REQUIRE(response);
    CHECK(response->status == 307);
    REQUIRE(response->headers.size() == 1);
    CHECK(response->headers[0].name == "Location");
    CHECK(response->headers[0].value == kRoot + told);
  }
  for (const char* path :
       {"", "/", "/meshes", "/meshes/..hidden", "/...", "/meshes//x", "/meshes/%2e/x", "/a.b/.c"}) {
    CAPTURE(path);
    CHECK_FALSE(Ask(http::Method::kGet, path));
  }
}

TEST_CASE("only a GET is shown where it leads to", "[rest]") {
  CHECK(Ask(http::Method::kGet, "/./x?q=a%20b&c")->body ==
        std::string("<a href=\"") + kRoot + "/x?q=a%20b&amp;c\">Temporary Redirect</a>.\n\n");
  CHECK(Ask(http::Method::kPut, "/./x")->body.empty());
}

}  // namespace
}  // namespace skyden::rest
