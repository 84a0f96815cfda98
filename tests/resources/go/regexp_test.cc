// SPDX-License-Identifier: Apache-2.0
// Expected texts are what Go 1.26 says of the same expressions.
#include "resources/go/regexp.h"

#include <catch2/catch.hpp>
#include <string>

namespace skyden::resources {
namespace {

std::string Repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST_CASE("what Go's regexp takes is taken", "[go_regexp]") {
  for (const char* pattern :
       {"", "a|b*?", "(?P<n>a)(?<n>b)", "[^]a-z\\d[:alpha:]]", "\\pL\\p{Greek}\\P{^lu}\\p{Letter}",
        "\\Q*+\\E?", "a{2}{", "(?i-s:x)", "\\x{10FFFF}\\012\\z", "(a{10}){100}", "\\p{kawi}"}) {
    CAPTURE(pattern);
    CHECK(WhyNotGoRegexp(pattern).empty());
  }
}

TEST_CASE("what it refuses is refused in its words", "[go_regexp]") {
  struct Case {
    std::string pattern, why;
  };
  const Case cases[] = {
      {"a\\C", "invalid escape sequence: `\\C`"},
      {"\\8", "invalid escape sequence: `\\8`"},
      {"a\\", "trailing backslash at end of expression: ``"},
      {"(a", "missing closing ): `(a`"},
      {"a)", "unexpected ): `a)`"},
      {"[a", "missing closing ]: `[a`"},
      {"x[z-a]", "invalid character class range: `z-a`"},
      {"[[:foo:]]", "invalid character class range: `[:foo:]`"},
      {"\\p{Old_Italic}", "invalid character class range: `\\p{Old_Italic}`"},
      {"a**", "invalid nested repetition operator: `**`"},
      {"|*", "missing argument to repetition operator: `*`"},
      {"a{1001}", "invalid repeat count: `{1001}`"},
      {"(a{100}){11}", "invalid repeat count: `{11}`"},
      {"(?=a)", "invalid or unsupported Perl syntax: `(?=`"},
      {"(?P<a-b>x)", "invalid named capture: `(?P<a-b>`"},
      {"(?<n", "invalid named capture: `(?<n`"},
      {"a\xFF", "invalid UTF-8: `\xFF`"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.pattern);
    CHECK(WhyNotGoRegexp(c.pattern) == "error parsing regexp: " + c.why);
  }
}

TEST_CASE("expressions are only so deep and so large", "[go_regexp]") {
  CHECK(WhyNotGoRegexp(Repeated("(", 999) + "a" + Repeated(")", 999)).empty());
  CHECK(WhyNotGoRegexp(Repeated("(", 1001) + "a" + Repeated(")", 1001))
            .starts_with("error parsing regexp: expression nests too deeply"));
  CHECK(WhyNotGoRegexp("(" + Repeated("(xx?)", 3000) + "){1000}")
            .starts_with("error parsing regexp: expression too large"));
}

}  // namespace
}  // namespace skyden::resources
