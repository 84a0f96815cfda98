// SPDX-License-Identifier: Apache-2.0
#include "tests/layering/knots.h"

#include <catch2/catch.hpp>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "tests/source_dir.h"

namespace skyden::layering {
namespace {

// A class in parts, or two that hold each other, are no knot that hurts.
constexpr size_t kKnotMax = 5;

TEST_CASE("no more than a few files need each other", "[layering]") {
  const Units units = ReadUnits(SourceDir());
  CHECK(units.size() > 100);  // the walk really found the sources
  for (const auto& knot : FindKnots(units)) {
    INFO(fmt::format("{}", fmt::join(knot, " ")));
    CHECK(knot.size() <= kKnotMax);
  }
}

TEST_CASE("knots are found, whoever is looked at first", "[layering]") {
  const Units units = {
      {"a", {"b", "library"}}, {"b", {"c"}}, {"c", {"b", "d"}}, {"d", {}}, {"e", {"f"}},
      {"f", {"g", "a"}},       {"g", {"e"}}};
  CHECK(FindKnots(units) == std::vector<std::vector<std::string>>{{"e", "f", "g"}, {"b", "c"}});
}

TEST_CASE("includes one way are no knot", "[layering]") {
  CHECK(FindKnots({{"a", {"b", "c"}}, {"b", {"c"}}, {"c", {}}}).empty());
}

}  // namespace
}  // namespace skyden::layering
