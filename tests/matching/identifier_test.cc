// SPDX-License-Identifier: Apache-2.0
#include "skyden/matching/identifier.h"

#include <catch2/catch.hpp>

#include "tests/matching/testing.h"

namespace skyden::matching {
namespace {

using testing::MakeItem;
using testing::Registry;
using testing::TypeOf;

TEST_CASE("an identifier names a resource by where it was made", "[identifier]") {
  const Item item = MakeItem("MeshService", "db-4x7", "{}",
                             {{"kuma.io/zone", "east"},
                              {"k8s.kuma.io/namespace", "shop"},
                              {"kuma.io/display-name", "db"}});
  const Identifier id = IdentifierOf(TypeOf("MeshService"), *item);
  CHECK(KriText(Registry(), id) == "kri_msvc_demo_east_shop_db_");
  CHECK(KriText(Registry(), id.WithSection("main")) == "kri_msvc_demo_east_shop_db_main");
  CHECK(id.WithSection("main").WithoutSection() == id);
}

TEST_CASE("what has no label is named as it is stored", "[identifier]") {
  const Item item = MakeItem("MeshTimeout", "slow", "{}");
  CHECK(KriText(Registry(), IdentifierOf(TypeOf("MeshTimeout"), *item)) == "kri_mt_demo___slow_");
}

TEST_CASE("types without a short name have no identifier", "[identifier]") {
  const Item item = MakeItem("Timeout", "old", "{}");
  CHECK(IdentifierOf(TypeOf("Timeout"), *item).empty());
  CHECK(KriText(Registry(), {}).empty());
  CHECK(Identifier().WithSection("x").empty());
}

}  // namespace
}  // namespace skyden::matching
