// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/list_filter.h"

#include <catch2/catch.hpp>

namespace skyden::model {
namespace {

struct Pet {
  std::string name;
  std::optional<std::string> owner;
  Labels labels;
};

constexpr FilterField<Pet> kFields[] = {
    {"name", [](const Pet& pet, absl::Time) { return std::optional(pet.name); }},
    {"owner", [](const Pet& pet, absl::Time) { return pet.owner; }},
};
constexpr Filterable<Pet> kByMember{kFields};
constexpr Filterable<Pet> kByLabelToo{kFields,
                                      [](const Pet& pet) -> const Labels& { return pet.labels; }};

bool Passes(const Pet& pet, const std::vector<TextFilter>& filters,
            const Filterable<Pet>& by = kByLabelToo) {
  return PassesAll(pet, by, filters, absl::Time());
}

}  // namespace

TEST_CASE("an item passes when it meets every filter", "[model]") {
  using Op = TextFilter::Op;
  const Pet rex{"rex", std::nullopt, {{"kind", "dog"}}};
  CHECK(Passes(rex, {}));
  CHECK(Passes(rex, {{"name", Op::kEq, "rex"}, {"labels.kind", Op::kOrEq, "cat,dog"}}));
  CHECK_FALSE(Passes(rex, {{"name", Op::kEq, "rex"}, {"labels.kind", Op::kEq, "cat"}}));
  // What it does not have is unlike every value.
  CHECK(Passes(rex, {{"owner", Op::kNeq, "jane"}}));
  CHECK_FALSE(Passes(rex, {{"owner", Op::kContains, ""}}));
  CHECK_FALSE(Passes(rex, {{"labels.age", Op::kExists, ""}}));
  CHECK_FALSE(Passes(rex, {{"labels.kind", Op::kEq, "dog"}}, kByMember));
}

TEST_CASE("a filter that a list does not have is told which it has", "[model]") {
  CHECK(FilterRefusal(NamesOf(kByMember), "name").empty());
  CHECK(FilterRefusal(NamesOf(kByMember), "labels.kind") ==
        "is not a filter of this list, which can be filtered by name and owner");
  CHECK(FilterRefusal(NamesOf(kByLabelToo), "labels.") ==
        "is not a filter of this list, which can be filtered by name, owner and labels.<key>");
  const auto refused =
      RefusedFilters(NamesOf(kByMember), {{"name", {}, ""}, {std::string(1000, 'x'), {}, ""}});
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].field.size() < 100);
}

TEST_CASE("a page shows its part, and what is before and after is counted", "[model]") {
  const auto shown = [](size_t size, size_t number, size_t all) {
    PageWindow window(size, number);
    std::string text;
    for (size_t i = 0; i < all; ++i) {
      if (window.Shows()) text += std::to_string(i);
    }
    CHECK(window.total() == all);
    return text;
  };
  CHECK(shown(2, 1, 5) == "01");
  CHECK(shown(2, 3, 5) == "4");
  CHECK(shown(2, 4, 5).empty());
  CHECK(shown(SIZE_MAX, 1, 3) == "012");
  CHECK(shown(3, SIZE_MAX, 3).empty());
}

}  // namespace skyden::model
