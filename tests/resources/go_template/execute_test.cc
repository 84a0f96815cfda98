// SPDX-License-Identifier: Apache-2.0
// Expected texts are what Go 1.26 says of the same templates.
#include <catch2/catch.hpp>
#include <string_view>

#include "tests/resources/go_template/testing.h"

namespace skyden::resources::go_template {
namespace {

struct Case {
  std::string_view text;
  std::string_view out;
};

template <size_t N>
void CheckAll(const Case (&cases)[N]) {
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(Render(c.text) == c.out);
  }
}

TEST_CASE("fields, labels and literals are filled in", "[go_template]") {
  CheckAll({{"plain", "plain"},
            {"{{ .Name }}.{{.Zone}}.x", "web.east.x"},
            {"{{ $.Name }}{{ .Empty }}", "web"},
            {"{{ label \"team\" }}-{{ label `team` }}-{{ \"team\" | label }}", "blue-blue-blue"},
            {"{{ . }}", "{web east }"},
            {"{{ 'a' }}{{ true }}{{ 1.50 }}{{ \"\\x41\" }}{{ 0x1F }}{{ 1e6 }}{{ 1+2i }}",
             "97true1.5A311e+06(1+2i)"},
            {"{{ (.Name) }}{{ (print .Name .Zone) }}", "webwebeast"}});
}

TEST_CASE("conditions choose", "[go_template]") {
  CheckAll({{"{{ if .Zone }}{{ .Zone }}.{{ end }}{{ .Name }}", "east.web"},
            {"{{ if .Empty }}a{{ else if eq .Zone \"west\" }}b{{ else }}c{{ end }}", "c"},
            {"{{ if and .Name (not .Empty) }}a{{ end }}", "a"},
            {"{{ if or .Empty (ne .Zone \"east\") }}a{{ else }}b{{ end }}", "b"},
            {"{{ with label \"team\" }}{{ . }}-{{ $.Name }}{{ end }}", "blue-web"},
            {"{{ with .Empty }}a{{ else with .Zone }}{{ . }}{{ end }}", "east"},
            {"{{ if eq .Zone \"west\" \"east\" }}a{{ end }}", "a"},
            {"{{ if lt 1 2 }}a{{ end }}{{ ge \"b\" \"a\" }}{{ le 1.5 1.5 }}", "atruetrue"}});
}

TEST_CASE("variables keep their scope", "[go_template]") {
  CheckAll(
      {{"{{ $x := .Name }}{{ $x }}{{ $x = .Zone }}{{ $x }}", "webeast"},
       {"{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21"},
       {"{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"},
       {"{{ range $i := 3 }}{{ $i }}{{ end }}", "012"},
       {"{{ range 5 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if eq . 3 }}{{ break }}{{ end }}"
        "{{ . }}{{ end }}",
        "02"},
       {"{{ range 0 }}a{{ else }}none{{ end }}", "none"}});
  CHECK(RenderMap("{{ range $k, $v := . }}{{ $k }}={{ $v }};{{ end }}") == "host=web;port=80;");
}

TEST_CASE("templates are defined and called", "[go_template]") {
  CheckAll({{"{{ define \"x\" }}<{{ . }}>{{ end }}{{ template \"x\" .Name }}", "<web>"},
            {"{{ block \"x\" .Zone }}<{{ . }}>{{ end }}", "<east>"},
            {"{{ define \"\" }}a{{ end }} ", "a"},
            {"{{ template \"x\" }}",
             "run: template: :1:12: executing \"\" at <{{template \"x\"}}>: template \"x\" not "
             "defined"},
            {"{{ define \"x\" }}{{ .Foo }}{{ end }}\n{{ template \"x\" . }}",
             "run: template: :1:19: executing \"x\" at <.Foo>: can't evaluate field Foo in type "
             "struct { Name string; Zone string; Empty string }"}});
}

TEST_CASE("functions work on what they are given", "[go_template]") {
  CheckAll(
      {{"{{ len .Name }}{{ index .Name 0 }}{{ slice .Name 1 }}{{ slice .Name 0 1 }}", "3119ebw"},
       {"{{ print 1 2 \"a\" 3 }}|{{ println .Name 1 }}", "1 2a3|web 1\n"},
       {"{{ html \"<a&'>\" }}{{ js \"<'\\\"=\" }}{{ urlquery \"a b/\xC3\xA9\" }}",
        "&lt;a&amp;&#39;&gt;\\u003C\\'\\\"\\u003Da+b%2F%C3%A9"},
       {"{{ and 1 0 2 }}{{ or 0 \"\" \"x\" }}{{ not nil }}{{ or nil }}", "0xtrue<no value>"},
       {"{{ eq . . }}{{ eq nil .Name }}{{ eq (index .Name 0) 119 }}", "truefalsetrue"}});
  CHECK(RenderMap("{{ .host }}:{{ .port }}{{ .nope }}{{ len . }}{{ index . \"host\" }}") ==
        "web:80<no value>2web");
}

TEST_CASE("what fails is told in Go's words, with the node and its place", "[go_template]") {
  const Case cases[] = {
      {"{{ .Other }}",
       "3: executing \"\" at <.Other>: can't evaluate field Other in type struct { Name string; "
       "Zone "
       "string; Empty string }"},
      {"{{ .Name.Foo }}",
       "8: executing \"\" at <.Name.Foo>: can't evaluate field Foo in type string"},
      {"{{ label }}", "3: executing \"\" at <label>: wrong number of args for label: want 1 got 0"},
      {"{{ label \"no\" }}",
       "3: executing \"\" at <label \"no\">: error calling label: label no not found"},
      {"{{ label 1 }}", "9: executing \"\" at <1>: expected string; found 1"},
      {"{{ label nil }}", "9: executing \"\" at <nil>: cannot assign nil to string"},
      {"{{ len .Name | label }}",
       "15: executing \"\" at <label>: wrong type for value; expected string; got int"},
      {"{{ nil }}", "3: executing \"\" at <nil>: nil is not a command"},
      {"{{ .Name 1 }}",
       "3: executing \"\" at <.Name>: Name has arguments but cannot be invoked as function"},
      {"{{ 1 2 }}", "3: executing \"\" at <1>: can't give argument to non-function 1"},
      {"{{ $x = 1 }}", "8: executing \"\" at <1>: undefined variable: $x"},
      {"{{ 9223372036854775808 }}",
       "3: executing \"\" at <9223372036854775808>: 9223372036854775808 overflows int"},
      {"{{ eq 1 \"a\" }}",
       "3: executing \"\" at <eq 1 \"a\">: error calling eq: incompatible types for comparison: "
       "int "
       "and string"},
      {"{{ lt true false }}",
       "3: executing \"\" at <lt true false>: error calling lt: invalid type for comparison"},
      {"{{ eq 1 }}",
       "3: executing \"\" at <eq 1>: error calling eq: missing argument for comparison"},
      {"{{ index .Name 3 }}",
       "3: executing \"\" at <index .Name 3>: error calling index: reflect: string index out of "
       "range"},
      {"{{ slice .Name 4 }}",
       "3: executing \"\" at <slice .Name 4>: error calling slice: index out of range: 4"},
      {"{{ len 3 }}", "3: executing \"\" at <len 3>: error calling len: len of type int"},
      {"{{ call .Name }}",
       "3: executing \"\" at <call .Name>: error calling call: non-function .Name of type string"},
      {"{{ range \"abc\" }}{{ end }}",
       "9: executing \"\" at <\"abc\">: range can't iterate over abc"},
      {"{{ range $i, $x := 2 }}{{ end }}",
       "19: executing \"\" at <2>: can't use 2 to iterate over more than one variable"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(Render(c.text) == "run: template: :1:" + std::string(c.out));
  }
}

}  // namespace
}  // namespace skyden::resources::go_template
