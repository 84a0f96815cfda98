// SPDX-License-Identifier: Apache-2.0
#include "matching/subset.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "skyden/base/limits.h"
#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::TextOf;

// "a=1,!b=2"
Subset Parse(const std::string& text) {
  Subset subset;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(',', at), text.size());
    std::string tag = text.substr(at, end - at);
    const bool negated = tag.starts_with('!');
    if (negated) tag.erase(0, 1);
    const size_t equals = tag.find('=');
    subset.push_back({tag.substr(0, equals), tag.substr(equals + 1), negated});
    at = end + 1;
  }
  return subset;
}

TEST_CASE("a set covers another when everybody in that is in it", "[subset]") {
  struct Case {
    const char* set;
    const char* other;
    bool covers;
  };
  const Case cases[] = {
      {"", "", true},
      {"", "a=1", true},
      {"a=1", "", false},
      {"a=1", "a=1", true},
      {"a=1", "a=2", false},
      {"a=1", "a=1,b=2", true},
      {"a=1,b=2", "a=1", false},
      {"!a=1", "a=2", true},
      {"!a=1", "a=1", false},
      {"a=1", "!a=2", false},
      {"!a=1", "!a=1", true},
      {"!a=1", "!a=2", false},
      {"a=1", "b=1", false},
  };
  for (const Case& c : cases) {
    INFO("{" << c.set << "} {" << c.other << "}");
    CHECK(Covers(Parse(c.set), Parse(c.other)) == c.covers);
  }
}

TEST_CASE("sets overlap unless they want different values of a tag", "[subset]") {
  CHECK(Overlap({}, Parse("a=1")));
  CHECK(Overlap(Parse("a=1"), Parse("b=1")));
  CHECK(Overlap(Parse("a=1"), Parse("a=1,b=1")));
  CHECK_FALSE(Overlap(Parse("a=1"), Parse("a=2")));
  CHECK_FALSE(Overlap(Parse("a=1,b=1"), Parse("b=2,c=1")));
}

TEST_CASE("a set holds those whose tags fit", "[subset]") {
  CHECK(Holds({}, {}));
  CHECK(Holds({}, {{"a", "1"}}));
  CHECK(Holds(Parse("a=1"), {{"a", "1"}, {"b", "2"}}));
  CHECK_FALSE(Holds(Parse("a=1"), {{"b", "2"}}));
  CHECK_FALSE(Holds(Parse("a=1"), {}));
  CHECK(Holds(Parse("!a=1"), {{"a", "2"}}));
  CHECK(Holds(Parse("!a=1"), {{"b", "2"}}));
  CHECK_FALSE(Holds(Parse("!a=1"), {{"a", "1"}}));
}

std::string Parts(const std::vector<std::string>& sets) {
  std::vector<Subset> subsets;
  for (const std::string& set : sets) subsets.push_back(Parse(set));
  const std::vector<Subset> parts = SplitIntoParts(subsets).value();
  std::string text;
  for (const Subset& part : parts) {
    text += (text.empty() ? "" : " ") + TextOf(part);
  }
  return text;
}

TEST_CASE("overlapping sets are split into all combinations of their tags", "[subset]") {
  CHECK(Parts({""}) == "{}");
  CHECK(Parts({"", ""}) == "{}");
  CHECK(Parts({"a=1"}) == "{!a=1} {a=1}");
  CHECK(Parts({"", "a=1"}) == "{!a=1} {a=1}");
  CHECK(Parts({"a=1", "b=1"}) == "{!a=1,b=1} {a=1,!b=1} {!a=1,!b=1} {a=1,b=1}");
}

TEST_CASE("sets that cannot overlap are split on their own", "[subset]") {
  CHECK(Parts({"a=1", "a=2"}) == "{!a=2} {a=2} {!a=1} {a=1}");
  // Two pairs that both overlap with the third: {0,2} and {1,2}.
  CHECK(Parts({"a=1", "a=2", "b=1"}) ==
        "{!a=2,b=1} {a=2,!b=1} {!a=2,!b=1} {a=2,b=1} "
        "{!a=1,b=1} {a=1,!b=1} {!a=1,!b=1} {a=1,b=1}");
}

TEST_CASE("what would be split into too many parts is refused", "[subset]") {
  std::vector<Subset> sets;
  for (int i = 0; i < 13; ++i) sets.push_back(Parse(fmt::format("k{}=1", i)));
  CHECK(SplitIntoParts(sets).status().code() == absl::StatusCode::kResourceExhausted);
  sets.resize(12);
  CHECK(SplitIntoParts(sets).value().size() == base::limits::kRuleParts);
}

}  // namespace
}  // namespace skyden::matching
