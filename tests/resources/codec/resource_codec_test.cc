// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"

namespace skyden::resources {
namespace {

TEST_CASE("every described type has a codec", "[codec]") {
  const auto registry = model::TypeRegistry::LoadEmbedded();
  REQUIRE(registry.ok());
  const auto codec = ResourceCodec::Create(*registry);
  INFO(codec.status().ToString());
  REQUIRE(codec.ok());
}

}  // namespace
}  // namespace skyden::resources
