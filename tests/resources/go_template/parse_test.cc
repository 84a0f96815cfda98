// SPDX-License-Identifier: Apache-2.0
// Expected texts are what Go 1.26 says of the same templates.
#include <catch2/catch.hpp>
#include <string_view>

#include "tests/resources/go_template/testing.h"

namespace skyden::resources::go_template {
namespace {

struct Case {
  std::string_view text;
  std::string_view why;
};

TEST_CASE("what is no template is refused in Go's words", "[go_template]") {
  const Case cases[] = {
      {"{{ .Name", "unclosed action"},
      {"{{ .Name }", "unexpected \"}\" in operand"},
      {"{{ }}", "missing value for command"},
      {"{{ upper .Name }}", "function \"upper\" not defined"},
      {"{{ \"x }}", "unterminated quoted string"},
      {"{{ `x }}", "unterminated raw quoted string"},
      {"{{ 'x }}", "unterminated character constant"},
      {"{{ 'xy' }}", "malformed character constant: 'xy'"},
      {"{{ \"\\z\" }}", "invalid syntax"},
      {"{{ 08 }}", "integer overflow: \"08\""},
      {"{{ 0x }}", "illegal number syntax: \"0x\""},
      {"{{ 1x }}", "bad number syntax: \"1x\""},
      {"{{ .a+b }}", "bad character U+002B '+'"},
      {"{{ $x }}", "undefined variable \"$x\""},
      {"{{ (1 }}", "unclosed left paren"},
      {"{{ 1) }}", "unexpected right paren"},
      {"{{ 1 | 2 }}", "non executable command in pipeline stage 2"},
      {"{{ nil.x }}", "unexpected . after term \"nil\""},
      {"{{ : }}", "expected :="},
      {"{{ \x01 }}", "unrecognized character in action: U+0001"},
      {"{{ $a, $b := 1 }}", "too many declarations in command"},
      {"{{ range $a, 1 := 2 }}", "range can only initialize variables"},
      {"{{ if }}x{{ end }}", "missing value for if"},
      {"{{ if .Zone }}x", "unexpected EOF"},
      {"{{ else }}", "unexpected {{else}}"},
      {"{{ end }}", "unexpected {{end}}"},
      {"{{ if 1 }}{{ else }}{{ else }}{{ end }}", "expected end; found {{else}}"},
      {"{{ break }}", "{{break}} outside {{range}}"},
      {"{{ continue x }}", "unexpected \"x\" in {{continue}}"},
      {"{{ define a }}{{ end }}", "unexpected \"a\" in define clause"},
      {"{{ define \"a\" }}", "unexpected EOF"},
      {"{{ if 1 }}{{ define \"a\" }}{{ end }}{{ end }}", "unexpected <define> in command"},
      {"{{ define \"a\" }}1{{ end }}{{ define \"a\" }}2{{ end }}",
       "template: multiple definition of template \"a\""},
      {"{{ template x }}", "unexpected \"x\" in template clause"},
      {"{{/* x }}", "unclosed comment"},
      {"{{/* x */ }}", "comment ends before closing delimiter"},
      {"{{ abcdefghijklmnopq }}", "function \"abcdefghijklmnopq\" not defined"},
      {"{{ 1 abcdefghijk! }}", "bad character U+0021 '!'"},
      {"{{ if \"abcdefghijklm\" := }}", "unexpected \":=\" in operand"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(Render(c.text) == "parse: template: :1: " + std::string(c.why));
  }
}

TEST_CASE("a complaint names the line, and where the action began", "[go_template]") {
  CHECK(Render("a\n{{ }}") == "parse: template: :2: missing value for command");
  CHECK(Render("{{ if\n1\n") == "parse: template: :3: unclosed action started at :1");
  CHECK(Render("{{ .Name\n | \n.a+ }}") ==
        "parse: template: :3: bad character U+002B '+' in action started at :1");
  CHECK(Render("{{block \"a\" .}}\n\n{{else}}{{end}}") ==
        "parse: template: :1: unexpected {{else}} in block clause");
}

TEST_CASE("trim markers and comments leave no trace", "[go_template]") {
  CHECK(Render("a {{- .Name -}} b") == "awebb");
  CHECK(Render("a \n\t{{- /* nothing */ -}}\r\n b") == "ab");
  CHECK(Render("{{/* nothing */}}a") == "a");
  CHECK(Render("{{-1}} {{- 2}}") == "-12");
  CHECK(Render("{{ 1\n-}}\n x") == "1x");
}

}  // namespace
}  // namespace skyden::resources::go_template
