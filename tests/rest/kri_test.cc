// SPDX-License-Identifier: Apache-2.0
#include "rest/kri.h"

#include <catch2/catch.hpp>

namespace skyden::rest {

TEST_CASE("a KRI names the resource as it is stored", "[rest]") {
  const auto registry = model::TypeRegistry::LoadEmbedded();
  REQUIRE(registry.ok());
  const auto own = ParseKri(*registry, "kri_mt_demo___t-04_");
  REQUIRE(own.ok());
  CHECK(own->type->name == "MeshTimeout");
  CHECK(own->key == model::ResourceKey{"demo", "t-04"});
  const auto global = ParseKri(*registry, "kri_m____demo_");
  REQUIRE(global.ok());
  CHECK(global->key == model::ResourceKey{"", "demo"});
  // A section may follow, whose underscores are lost, as in Kuma.
  const auto section = ParseKri(*registry, "kri_dp_demo_east_shop_web_a_b");
  REQUIRE(section.ok());
  CHECK(section->mesh == "demo");
  CHECK(section->zone == "east");
  CHECK(section->name_space == "shop");
  CHECK(section->name == "web");
  CHECK(section->section == "ab");
}

TEST_CASE("what came from a zone is stored under a hashed name", "[rest]") {
  const auto registry = model::TypeRegistry::LoadEmbedded();
  REQUIRE(registry.ok());
  const auto kri = ParseKri(*registry, "kri_dp_default_zone-1__web_");
  REQUIRE(kri.ok());
  CHECK(kri->key.mesh == "default");
  CHECK(kri->key.name.starts_with("web-"));
  CHECK(kri->key.name.size() == std::string("web-").size() + 16);
  const auto other = ParseKri(*registry, "kri_dp_default_zone-2__web_");
  REQUIRE(other.ok());
  CHECK(other->key.name != kri->key.name);
}

TEST_CASE("malformed KRIs are refused with the reason", "[rest]") {
  const auto registry = model::TypeRegistry::LoadEmbedded();
  REQUIRE(registry.ok());
  const auto reason = [&](std::string_view text) {
    const auto kri = ParseKri(*registry, text);
    CHECK(kri.status().code() == absl::StatusCode::kInvalidArgument);
    return std::string(kri.status().message());
  };
  CHECK(reason("garbage") == "bad request: invalid identifier string: \"garbage\"");
  CHECK(reason("xri_mt_demo___t-04_") ==
        "bad request: identifier must start with 'kri': \"xri_mt_demo___t-04_\"");
  CHECK(reason("kri_zz_demo___t-04_") ==
        "bad request: unknown short name of resource type: \"zz\"");
  CHECK(reason("kri__demo___t-04_") == "bad request: unknown short name of resource type: \"\"");
}

}  // namespace skyden::rest
