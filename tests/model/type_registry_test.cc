// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/type_registry.h"

#include <catch2/catch.hpp>
#include <string>

namespace skyden::model {
namespace {

TypeRegistry Embedded() {
  auto registry = TypeRegistry::LoadEmbedded();
  INFO(registry.status().ToString());
  REQUIRE(registry.ok());
  return *std::move(registry);
}

TEST_CASE("the embedded registry describes the 53 types of Kuma 2.14 and Config", "[model]") {
  const TypeRegistry registry = Embedded();
  CHECK(registry.size() == 54);
  size_t with_path = 0;
  size_t policies = 0;
  for (const TypeDescriptor& type : registry.all()) {
    INFO(type.name);
    CHECK(registry.FindByName(type.name) == &type);
    CHECK(&registry.at(type.id) == &type);
    if (!type.path.empty()) {
      ++with_path;
      CHECK(registry.FindByPath(type.path) == &type);
    }
    if (!type.short_name.empty()) CHECK(registry.FindByShortName(type.short_name) == &type);
    CHECK((type.encoding == SpecEncoding::kProtobuf) == !type.protobuf_message.empty());
    CHECK(!type.singular_display_name.empty());
    policies += type.is_policy ? 1 : 0;
  }
  CHECK(with_path == 53);
  CHECK(policies == 29);
}

TEST_CASE("flags of a type say where it may be written and where it travels", "[model]") {
  const TypeRegistry registry = Embedded();
  const TypeDescriptor& timeout = *registry.FindByName("MeshTimeout");
  CHECK(timeout.GlobalToZone());
  CHECK(timeout.ZoneToGlobal());
  CHECK(timeout.synced_across_zones);
  CHECK(!timeout.ReadOnlyAtGlobal());
  CHECK(timeout.include_in_federation);
  CHECK(timeout.is_from_as_rules);

  const TypeDescriptor& dataplane = *registry.FindByName("Dataplane");
  CHECK(dataplane.ReadOnlyAtGlobal());
  CHECK(!dataplane.read_only);
  CHECK(dataplane.encoding == SpecEncoding::kProtobuf);

  const TypeDescriptor& zone = *registry.FindByName("Zone");
  CHECK(!zone.GlobalToZone());
  CHECK(!zone.ZoneToGlobal());
  CHECK(!zone.ReadOnlyAtGlobal());
  CHECK(registry.FindByName("ServiceInsight")->GlobalToZone());
  CHECK(!registry.FindByName("ServiceInsight")->include_in_federation);
  CHECK(registry.FindByPath("global-secrets")->name == "GlobalSecret");
  CHECK(registry.FindByPath("global-secrets")->is_secret);
  CHECK(registry.FindByPath("configs") == nullptr);
  CHECK(registry.FindByShortName("") == nullptr);
}

TEST_CASE("a wrong type description names the place and the key", "[model]") {
  const std::string good = "type: A\npath: as\nshort_name: a\ndisplay: [A, As]\nscope: mesh\n";
  const auto error = [](const std::vector<std::string>& files) {
    const auto registry = TypeRegistry::Load(files);
    REQUIRE(!registry.ok());
    const auto message = registry.status().message();
    return std::string(message.data(), message.size());
  };
  CHECK(TypeRegistry::Load({good}).ok());
  CHECK(error({good, good}) == "type description A: type: described twice");
  CHECK(error({good + "colour: red\n"}) ==
        "type description number 1: colour: not a key of a type description");
  CHECK(error({good, "type: B\ndisplay: [B, Bs]\n"}) ==
        "type description number 2: scope: missing");
  CHECK(error({good, "type: B\npath: as\ndisplay: [B, Bs]\nscope: mesh\n"}) ==
        "type description B: as: belongs to two types");
  CHECK(error({good + "kds: [sideways]\n"}) ==
        "type description number 1: kds: \"sideways\" is not known");
  CHECK(error({"- 1\n"}) == "type description number 1: not a map");
  CHECK(!TypeRegistry::Load({"type: [\n"}).ok());
}

}  // namespace
}  // namespace skyden::model
