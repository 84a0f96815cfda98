// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/type_registry.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "model/embedded_types.h"

namespace skyden::model {
namespace {

TypeRegistry Embedded() {
  auto registry = TypeRegistry::LoadEmbedded();
  INFO(registry.status().ToString());
  REQUIRE(registry.ok());
  return *std::move(registry);
}

TEST_CASE("every embedded file describes one type, but for the shapes that they share", "[model]") {
  const TypeRegistry registry = Embedded();
  CHECK(registry.size() == EmbeddedTypeFiles().size() - 1);
  for (const TypeDescriptor& type : registry.all()) {
    INFO(type.name);
    CHECK(registry.FindByName(type.name) == &type);
    CHECK(&registry.at(type.id) == &type);
    CHECK(type.path.empty() == (type.name == "Config"));
    if (!type.short_name.empty()) CHECK(registry.FindByShortName(type.short_name) == &type);
    CHECK((type.encoding == SpecEncoding::kProtobuf) == !type.protobuf_message.empty());
    CHECK(!type.singular_display_name.empty());
    CHECK((type.is_policy || !type.is_target_ref_policy));
  }
}

TEST_CASE("the types that code knows by name stay where they are when the registry is moved",
          "[model]") {
  TypeRegistry first = Embedded();
  const TypeRegistry registry = std::move(first);
  CHECK(registry.core().mesh == registry.FindByName("Mesh"));
  CHECK(registry.core().mesh_http_route == registry.FindByName("MeshHTTPRoute"));
  CHECK(registry.core().zone_insight == registry.FindByName("ZoneInsight"));
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
  CHECK(registry.FindByName("GlobalSecret")->alternative_path == "global-secrets");
  CHECK(registry.FindByName("GlobalSecret")->is_secret);
  CHECK(registry.FindByShortName("") == nullptr);
}

TEST_CASE("Kuma 3 has fewer types, and of those that stay some are others", "[model]") {
  const TypeRegistry registry = Embedded();
  const VersionTypes& two = registry.In(KumaVersion::kTwo);
  const VersionTypes& three = registry.In(KumaVersion::kThree);
  const auto listed = [](const VersionTypes& types) {
    return std::count_if(types.all().begin(), types.all().end(), [](const TypeDescriptor& type) {
      return !type.path.empty() && !type.unlisted;
    });
  };
  CHECK(listed(two) == 53);
  CHECK(listed(three) == 34);
  for (const TypeDescriptor& type : three.all()) {
    INFO(type.name);
    CHECK(registry.at(type.id).name == type.name);
    CHECK(three.Find(type.id) == &type);
    CHECK(two.Has(type.id));
  }
  CHECK_FALSE(three.Has(registry.core().traffic_route->id));
  CHECK_FALSE(three.Has(registry.core().mesh_gateway->id));
  CHECK(three.Find(registry.core().mesh_service->id)->label_names);
  CHECK_FALSE(two.Find(registry.core().mesh_service->id)->label_names);
}

TEST_CASE("what is different in a version is laid over what is not", "[model]") {
  const std::string type =
      "type: A\nshort_name: a\ndisplay: [A, As]\nscope: mesh\nrules: none\npolicy: [to, from]\n"
      "schema: {spec: A, shapes: {A: {one: string, two!: string, three: string}, B: {x: "
      "string}}}\n";
  const auto registry = TypeRegistry::Load(
      {type + "v3:\n  policy: [to]\n  schema: {shapes: {A: {two: int32, one: ~, four: C}, B: ~, C: "
              "{y: string}}}\n",
       "shapes: {S: {a: string, b: string}}\nv3: {S: {a: ~}, T: {c: string}}\n"});
  INFO(registry.status().ToString());
  REQUIRE(registry.ok());
  const TypeDescriptor& three = registry->In(KumaVersion::kThree).all().front();
  CHECK(registry->all().front().has_from_target_ref);
  CHECK_FALSE(three.has_from_target_ref);
  CHECK(three.has_to_target_ref);
  CHECK(three.schema_yaml ==
        "spec: A\nshapes:\n  A:\n    two: int32\n    three: string\n    four: C\n  C: {y: string}");
  CHECK(registry->In(KumaVersion::kTwo).shared_shapes_yaml() == "{S: {a: string, b: string}}\n");
  CHECK(registry->In(KumaVersion::kThree).shared_shapes_yaml() ==
        "S:\n  b: string\nT: {c: string}\n");
}

TEST_CASE("a type may be of one version only", "[model]") {
  const std::string type = "type: A\ndisplay: [A, As]\nscope: mesh\nrules: none\n";
  const auto registry = TypeRegistry::Load({type + "versions: [v3]\n"});
  REQUIRE(registry.ok());
  CHECK(registry->FindByName("A") == &registry->all().front());
  CHECK(registry->In(KumaVersion::kTwo).all().empty());
  CHECK(registry->In(KumaVersion::kTwo).Find(TypeId{0}) == nullptr);
  CHECK(registry->In(KumaVersion::kThree).Has(TypeId{0}));
  for (const char* versions : {"[v9]", "[]"}) {
    CHECK_FALSE(TypeRegistry::Load({type + "versions: " + versions + "\n"}).ok());
  }
}

TEST_CASE("a wrong type description names the place and the key", "[model]") {
  const std::string good =
      "type: A\npath: as\nshort_name: a\ndisplay: [A, As]\nscope: mesh\nrules: none\n";
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
  CHECK(error({good, "type: B\npath: as\ndisplay: [B, Bs]\nscope: mesh\nrules: none\n"}) ==
        "type description B: as: belongs to two types");
  CHECK(error({good + "kds: [sideways]\n"}) ==
        "type description number 1: kds: \"sideways\" is not known");
  CHECK(error({"type: B\ndisplay: [B, Bs]\nscope: mesh\n"}) ==
        "type description number 1: rules: missing");
  CHECK(error({good + "policy: [target_ref]\n"}) ==
        "type description number 1: matching_order: stands in targetRef policies, and in all of "
        "them");
  CHECK(error({good + "matching_order: 10\n"}) ==
        "type description number 1: matching_order: stands in targetRef policies, and in all of "
        "them");
  const std::string policy = "policy: [target_ref]\nmatching_order: 10\n";
  CHECK(error({good + policy, "type: B\ndisplay: [B, Bs]\nscope: mesh\nrules: none\n" + policy}) ==
        "type description B: matching_order 10: belongs to two types");
  CHECK(error({"- 1\n"}) == "type description number 1: not a map");
  CHECK(!TypeRegistry::Load({"type: [\n"}).ok());
}

}  // namespace
}  // namespace skyden::model
