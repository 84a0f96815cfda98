// SPDX-License-Identifier: Apache-2.0
#include "skyden/preview/line_diff.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "skyden/preview/limits.h"

namespace skyden::preview {
namespace {

TEST_CASE("a difference of lines shows what is other, with a little of what is not", "[preview]") {
  struct Case {
    const char* before;
    const char* after;
    const char* diff;
  };
  const Case cases[] = {
      {"", "", ""},
      {"a\nb\n", "a\nb\n", ""},
      {"", "a\nb\n", "+ a\n+ b\n"},
      {"a\n", "", "- a\n"},
      {"a\nb\nc\n", "a\nx\nc\n", "  a\n- b\n+ x\n  c\n"},
      {"a\nb\n", "b\na\n", "- a\n  b\n+ a\n"},
      {"1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n7\n", "@@\n  3\n  4\n  5\n- 6\n+ 7\n"},
      {"x\n1\n2\n3\n4\n5\n6\n7\n8\ny\n", "a\n1\n2\n3\n4\n5\n6\n7\n8\nb\n",
       "- x\n+ a\n  1\n  2\n  3\n@@\n  6\n  7\n  8\n- y\n+ b\n"},
  };
  for (const Case& each : cases) {
    CAPTURE(each.before, each.after);
    CHECK(LineDiff(each.before, each.after) == each.diff);
  }
}

// What a reader makes of it: the lines of one side, as far as they are shown.
std::string SideOf(const std::string& diff, char sign) {
  std::string side;
  for (size_t at = 0; at < diff.size();) {
    const size_t end = diff.find('\n', at);
    if (diff[at] == sign || diff[at] == ' ') side += diff.substr(at + 2, end - at - 1);
    at = end + 1;
  }
  return side;
}

TEST_CASE("both sides can be read off a difference", "[preview]") {
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    std::string before;
    std::string after;
    for (int line = 0; line < 4; ++line) {
      before += std::string(1, static_cast<char>('a' + random() % 3)) + "\n";
      after += std::string(1, static_cast<char>('a' + random() % 3)) + "\n";
    }
    if (before == after) continue;
    const std::string diff = LineDiff(before, after);
    if (diff.find("@@") != std::string::npos) continue;
    CHECK(SideOf(diff, '-') == before);
    CHECK(SideOf(diff, '+') == after);
  }
}

TEST_CASE("very long texts are shown as other without being compared", "[preview]") {
  std::string before;
  std::string after;
  for (size_t i = 0; i <= limits::kDiffLines; ++i) {
    before += "a" + std::to_string(i) + "\nsame\n";
    after += "b" + std::to_string(i) + "\nsame\n";
  }
  const std::string diff = LineDiff(before, after);
  CHECK(SideOf(diff, '-') == before);
  CHECK(SideOf(diff, '+') == after);
}

}  // namespace
}  // namespace skyden::preview
