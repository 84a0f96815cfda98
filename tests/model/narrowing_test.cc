// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/narrowing.h"

#include <catch2/catch.hpp>

namespace skyden::model {
namespace {

TEST_CASE("what a role is narrowed to is read as it was written", "[model]") {
  const Narrowing cases[] = {
      {},
      {{"default"}, {}},
      {{}, {"MeshRetry"}},
      {{"a", "b.c", "d-e"}, {"MeshRetry", "MeshTimeout"}},
  };
  for (const Narrowing& one : cases) {
    CAPTURE(one.Text());
    CHECK(Narrowing::Parse(one.Text()) == one);
    CHECK(one.empty() == one.Text().empty());
  }
  CHECK(cases[3].Text() == "a,b.c,d-e|MeshRetry,MeshTimeout");
}

TEST_CASE("each word counts once, wherever it stood", "[model]") {
  Narrowing narrowing{{"b", "a", "b"}, {"Z", "A"}};
  narrowing.Sort();
  CHECK(narrowing == Narrowing{{"a", "b"}, {"A", "Z"}});
  CHECK(narrowing.HasMesh("b"));
  CHECK_FALSE(narrowing.HasMesh("c"));
  CHECK(narrowing.HasType("Z"));
  CHECK_FALSE(narrowing.HasType("b"));
  CHECK(Narrowing::Parse("b,a|") == Narrowing{{"a", "b"}, {}});
}

TEST_CASE("what no role was narrowed to is refused", "[model]") {
  for (const char* text : {"a", "|", "a,|", ",a|", "a,,b|", "a|b|c", "a|,", "||"}) {
    CAPTURE(text);
    CHECK_FALSE(Narrowing::Parse(text).has_value());
  }
}

}  // namespace
}  // namespace skyden::model
