// SPDX-License-Identifier: Apache-2.0
// This program knows two policy types more than the daemon: two files each in type/ describe them.
// What follows from those is everything that the daemon does with a policy.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "model/embedded_types.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/matching/matching.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "tests/matching/testing.h"

namespace skyden {
namespace {

std::string Body(const std::string& conf) {
  return R"({"type":"MeshMadeUp","mesh":"default","name":"one","spec":{"targetRef":{"kind":"Mesh"},)"
         R"("to":[{"targetRef":{"kind":"Mesh"},"default":)" +
         conf + "}]}}";
}

std::string TextOf(const absl::Status& status) {
  return std::string(base::ToStd(status.message()));
}

// The embedded files, with the text of the made-up one changed.
absl::Status CreateWith(const std::function<void(std::string&)>& change) {
  std::vector<std::string> files;
  for (const model::EmbeddedFile& file : model::EmbeddedTypeFiles()) {
    std::string text(file.text);
    if (file.name == "mesh_made_up.yaml") change(text);
    if (!text.empty()) files.push_back(std::move(text));
  }
  const auto registry = model::TypeRegistry::Load(files);
  if (!registry.ok()) return registry.status();
  return resources::ResourceCodec::Create(*registry).status();
}

void Replace(std::string& text, std::string_view what, std::string_view with) {
  const size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  text.replace(at, what.size(), with);
}

TEST_CASE("a policy type that two files describe is decoded, checked and warned about",
          "[made_up]") {
  const auto registry = model::TypeRegistry::LoadEmbedded();
  REQUIRE(registry.ok());
  const auto codec = resources::ResourceCodec::Create(*registry);
  REQUIRE(codec.ok());
  const model::TypeDescriptor& type = *registry->FindByName("MeshMadeUp");
  CHECK(type.IsSentToZones());
  CHECK(type.ZoneToGlobal());

  const auto right = (*codec)->DecodeRest(type, Body(R"({"lightness":3,"colour":"blue"})"));
  REQUIRE(right.ok());
  CHECK(right->spec == R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},)"
                       R"("default":{"lightness":3,"colour":"blue"}}]})");
  CHECK(right->warnings == std::vector<std::string>{"nobody looks at the colour"});

  const auto wrong = (*codec)->DecodeRest(type, Body(R"({"lightness":0})"));
  REQUIRE_FALSE(wrong.ok());
  const auto violations = base::ViolationsOf(wrong.status());
  REQUIRE(violations.size() == 1);
  CHECK(violations[0].field == "spec.to[0].default.lightness");
  CHECK(violations[0].reason == "must be greater than 0");
}

TEST_CASE("it has its place among the policies that apply to a proxy", "[made_up]") {
  using matching::testing::Registry;
  std::vector<std::string> names;
  for (const auto* type : matching::PolicyTypes(Registry())) names.push_back(type->name);
  const auto place = std::find(names.begin(), names.end(), "MeshMadeUp");
  REQUIRE(place != names.end());
  CHECK(*(place - 1) == "MeshPassthrough");
  CHECK(*(place + 1) == "MeshMadeUpThree");
  CHECK(*(place + 2) == "MeshAccessLog");

  matching::testing::TestMesh mesh;
  mesh.Add("MeshMadeUp", "one",
           R"({"targetRef":{"kind":"Mesh"},"to":[{"targetRef":{"kind":"Mesh"},)"
           R"("default":{"lightness":3}}]})");
  const auto proxy = matching::testing::Sidecar("web");
  CHECK(mesh.Names("MeshMadeUp", proxy) == "one");
  CHECK(matching::testing::TextOf(mesh.Match("MeshMadeUp", proxy)).find(R"({"lightness":3})") !=
        std::string::npos);
}

TEST_CASE("a policy type of Kuma 3 alone is two files as well", "[made_up]") {
  const auto registry = model::TypeRegistry::LoadEmbedded();
  REQUIRE(registry.ok());
  const auto codec = resources::ResourceCodec::Create(*registry);
  REQUIRE(codec.ok());
  const model::TypeDescriptor& type = *registry->FindByName("MeshMadeUpThree");
  CHECK_FALSE(registry->In(model::KumaVersion::kTwo).Has(type.id));
  REQUIRE(registry->In(model::KumaVersion::kThree).Has(type.id));

  const auto decode = [&](const std::string& ref) {
    return (*codec)
        ->In(model::KumaVersion::kThree)
        .DecodeRest(type,
                    R"({"type":"MeshMadeUpThree","mesh":"default","name":"one","spec":{"to":[)"
                    R"({"targetRef":)" +
                        ref + R"(,"default":{"lightness":3}}]}})");
  };
  const auto right = decode(R"({"kind":"MeshService","labels":{"app":"web"}})");
  REQUIRE(right.ok());
  CHECK(right->spec ==
        R"({"to":[{"targetRef":{"kind":"MeshService","labels":{"app":"web"}},"default":)"
        R"({"lightness":3}}]})");
  // References are those of its version.
  const auto wrong = decode(R"({"kind":"MeshService","name":"web"})");
  REQUIRE_FALSE(wrong.ok());
  REQUIRE(base::ViolationsOf(wrong.status()).size() == 1);
  CHECK(base::ViolationsOf(wrong.status())[0].field == "spec.to[0].targetRef.labels");
  CHECK(base::ViolationsOf(wrong.status())[0].reason == "must be set when kind is MeshService");
}

TEST_CASE("one file without the other ends the program when it starts", "[made_up]") {
  CHECK(CreateWith([](std::string&) {}).ok());
  CHECK(TextOf(CreateWith([](std::string& text) { text.clear(); })) ==
        "there are rules for MeshMadeUp, which no description names");
  CHECK(TextOf(CreateWith([](std::string& text) {
          Replace(text, "rules: checked", "rules: none");
        })) == "MeshMadeUp says \"rules: none\", and there is code that checks it");
  CHECK(TextOf(CreateWith([](std::string& text) {
          Replace(text, "type: MeshMadeUp", "type: MeshForgotten");
        })) == "MeshForgotten says \"rules: checked\", and no code checks it");
  CHECK(TextOf(CreateWith([](std::string& text) {
          Replace(text, "rules: checked\n", "");
        })).find("rules: missing") != std::string::npos);
  CHECK(TextOf(CreateWith([](std::string& text) {
          Replace(text, "matching_order: 55\n", "");
        })).find("matching_order: stands in targetRef policies, and in all of them") !=
        std::string::npos);
  CHECK(TextOf(CreateWith([](std::string& text) {
          Replace(text, "matching_order: 55", "matching_order: 50");
        })) == "type description MeshPassthrough: matching_order 50: belongs to two types");
}

}  // namespace
}  // namespace skyden
