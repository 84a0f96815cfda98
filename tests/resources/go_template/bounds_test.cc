// SPDX-License-Identifier: Apache-2.0
// A template is somebody's: whatever it says, it ends soon and takes little.
#include <catch2/catch.hpp>
#include <string>

#include "skyden/base/limits.h"
#include "tests/resources/go_template/testing.h"

namespace skyden::resources::go_template {
namespace {

using Catch::Contains;

std::string Repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST_CASE("a loop without end is refused", "[go_template]") {
  CHECK_THAT(Render("{{ range 1000000000000 }}{{ end }}"), Contains("takes more than 20000 steps"));
  CHECK_THAT(Render("{{ range 100 }}{{ range 100 }}{{ range 100 }}{{ end }}{{ end }}{{ end }}"),
             Contains("takes more than 20000 steps"));
  CHECK_THAT(Render("{{ define \"x\" }}{{ template \"x\" }}{{ end }}{{ template \"x\" }}"),
             Contains("exceeded maximum template depth (100000)"));
}

TEST_CASE("a text that doubles itself is refused", "[go_template]") {
  CHECK_THAT(Render("{{ $x := \"aaaaaaaa\" }}{{ range 60 }}{{ $x = print $x $x }}{{ end }}"),
             Contains("prints more than 65536 bytes"));
  CHECK_THAT(Render("{{ range 2000 }}{{ printf \"%99s\" \"a\" }}{{ end }}"),
             Contains("prints more than 65536 bytes"));
  CHECK_THAT(Render("{{ printf \"%999999s%999999s\" \"a\" \"b\" }}"),
             Contains("prints more than 65536 bytes"));
}

TEST_CASE("long comparisons count", "[go_template]") {
  const std::string long_text(60'000, 'a');
  CHECK_THAT(
      Render("{{ $x := `" + long_text + "` }}{{ range 1000 }}{{ if eq $x $x }}{{ end }}{{ end }}"),
      Contains("takes more than 20000 steps"));
}

TEST_CASE("a template is read only so long and so deep", "[go_template]") {
  CHECK(Render(std::string(base::limits::kTemplateBytes + 1, 'a')) ==
        "parse: template: longer than 65536 bytes");
  CHECK(Render("{{ " + Repeated("(", 30'000)) ==
        "parse: template: :1: max expression depth exceeded");
  CHECK(Render(Repeated("{{ if 1 }}", 6000)) == "parse: template: :1: nested more than 100 deep");
  CHECK(Render("{{ if 0 }}" + Repeated("{{ else if 0 }}", 2000)) ==
        "parse: template: :1: nested more than 100 deep");
  CHECK(Render(Repeated("{{ if 1 }}", 99) + "a" + Repeated("{{ end }}", 99)) == "a");
}

}  // namespace
}  // namespace skyden::resources::go_template
