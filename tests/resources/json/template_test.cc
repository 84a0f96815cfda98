// SPDX-License-Identifier: Apache-2.0
#include "resources/rules/template.h"

#include <catch2/catch.hpp>
#include <string>

namespace skyden::resources::spec_rules {
namespace {

std::string Render(std::string_view text) {
  const auto out = RenderTemplate(text, {{"Name", "web"}, {"Zone", "east"}}, "L");
  if (out.ok()) return *out;
  return "error: " + std::string(out.status().message().data(), out.status().message().size());
}

TEST_CASE("templates are filled in", "[template]") {
  CHECK(Render("plain") == "plain");
  CHECK(Render("{{ .Name }}.{{.Zone}}.x") == "web.east.x");
  CHECK(Render("{{ label \"app\" }}-{{ label `b` }}") == "L-L");
  CHECK(Render("a {{- .Name -}} b") == "awebb");
  CHECK(Render("{{/* nothing */}}a") == "a");
}

TEST_CASE("what is no template is refused in Go's words", "[template]") {
  CHECK(WhyNotTemplate("{{ .Name }}").empty());
  CHECK(WhyNotTemplate("{{ .Name") == "template: :1: unclosed action");
  CHECK(WhyNotTemplate("a\n{{ }}") == "template: :2: missing value for command");
  CHECK(WhyNotTemplate("{{ upper .Name }}") == "template: :1: function \"upper\" not defined");
  CHECK(WhyNotTemplate("{{ \"x }}") == "template: :1: unterminated quoted string");
  CHECK(Render("{{ .Other }}").find("can't evaluate field Other") != std::string::npos);
  CHECK(Render("{{ .Name.Foo }}") ==
        "error: template: :1:8: executing \"\" at <.Name.Foo>: can't evaluate field Foo in type "
        "string");
  CHECK(Render("{{ label }}") ==
        "error: template: :1:3: executing \"\" at <label>: wrong number of args for label: want 1 "
        "got 0");
  CHECK(Render("{{ label .Name }}{{ .Zone | label }}") == "LeastL");
}

}  // namespace
}  // namespace skyden::resources::spec_rules
