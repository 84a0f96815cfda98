// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/reach.h"

#include <catch2/catch.hpp>
#include <memory>
#include <utility>

namespace skyden::model {
namespace {

constexpr TenantKey kOne{1};
constexpr TenantKey kOther{2};

const TypeRegistry& Types() {
  static const TypeRegistry registry = *TypeRegistry::LoadEmbedded();
  return registry;
}
const TypeDescriptor& Type(std::string_view name) { return *Types().FindByName(name); }

TenantScope With(std::vector<Grant> grants) {
  TenantScope scope = SystemScope::For("test").In(OrganizationKey{1}, kOne, ControlPlaneId("cp"));
  scope.set_narrowed(std::make_shared<const Access>(std::move(grants)));
  return scope;
}

Extent Reads(const TenantScope& scope, std::string_view type) {
  return ExtentOf(scope, Action::kRead, Type(type));
}

using Names = std::vector<std::string>;

TEST_CASE("where nothing is narrowed nothing is reached by it", "[model][reach]") {
  const TenantScope scope =
      SystemScope::For("test").In(OrganizationKey{1}, kOne, ControlPlaneId("cp"));
  CHECK(Reads(scope, "MeshTimeout").nothing());
  CHECK_FALSE(Reaches(scope, Action::kRead, Type("MeshTimeout"), {"a", "x"}));
  CHECK_FALSE(ReadsAllOf(scope, "a"));
  CHECK(With({{Role::kViewer, kOne}}).narrowed() != nullptr);
  CHECK(Reads(With({{Role::kViewer, kOne}}), "MeshTimeout").nothing());
}

TEST_CASE("meshes and types narrow together, and grants add up", "[model][reach]") {
  const TenantScope scope = With({{Role::kViewer, kOne, {{"a", "b"}, {"MeshRetry"}}},
                                  {Role::kEditor, kOne, {{"c"}, {}}},
                                  {Role::kViewer, kOne, {{}, {"MeshTimeout"}}},
                                  {Role::kViewer, kOther, {{"elsewhere"}, {}}}});
  CHECK(Reads(scope, "MeshRetry") == Extent{false, Names{"a", "b", "c"}});
  CHECK(Reads(scope, "MeshTimeout") == Extent{true, {}});
  CHECK(Reads(scope, "MeshTrace") == Extent{false, Names{"c"}});
  CHECK(ExtentOf(scope, Action::kWrite, Type("MeshRetry")) == Extent{false, Names{"c"}});
  CHECK(Reaches(scope, Action::kRead, Type("MeshRetry"), {"a", "x"}));
  CHECK_FALSE(Reaches(scope, Action::kWrite, Type("MeshRetry"), {"a", "x"}));
  CHECK(Reaches(scope, Action::kWrite, Type("MeshRetry"), {"c", "x"}));
  CHECK_FALSE(Reaches(scope, Action::kRead, Type("MeshTrace"), {"a", "x"}));
  CHECK_FALSE(Reaches(scope, Action::kRead, Type("MeshTrace"), {"elsewhere", "x"}));
}

TEST_CASE("secrets are reached by an admin alone", "[model][reach]") {
  const TenantScope scope =
      With({{Role::kAdmin, kOne, {{"a"}, {}}}, {Role::kEditor, kOne, {{"b"}, {}}}});
  CHECK(ExtentOf(scope, Action::kReadSecrets, Type("Secret")) == Extent{false, Names{"a"}});
  CHECK(ExtentOf(scope, Action::kReadSecrets, Type("GlobalSecret")).nothing());
}

TEST_CASE("what is of no mesh is reached by its type alone, a mesh by its name", "[model][reach]") {
  const TenantScope by_mesh = With({{Role::kEditor, kOne, {{"a"}, {"MeshRetry"}}}});
  CHECK(Reads(by_mesh, "Zone").nothing());
  CHECK(Reads(by_mesh, "Mesh") == Extent{false, Names{"a"}});
  CHECK(Reaches(by_mesh, Action::kRead, Type("Mesh"), {"", "a"}));
  CHECK_FALSE(Reaches(by_mesh, Action::kRead, Type("Mesh"), {"", "b"}));
  CHECK_FALSE(Reaches(by_mesh, Action::kRead, Type("Zone"), {"", "a"}));
  CHECK(ExtentOf(by_mesh, Action::kWrite, Type("Mesh")).nothing());

  const TenantScope by_type = With({{Role::kEditor, kOne, {{}, {"Mesh", "Zone"}}}});
  CHECK(Reads(by_type, "Zone").everything);
  CHECK(Reads(by_type, "Mesh").everything);
  CHECK(Reaches(by_type, Action::kWrite, Type("Zone"), {"", "z"}));
  CHECK(Reads(by_type, "ZoneInsight").nothing());
  CHECK(Reads(by_type, "MeshRetry").nothing());
}

TEST_CASE("all of a mesh is read by who is narrowed to no types", "[model][reach]") {
  const TenantScope scope = With({{Role::kViewer, kOne, {{"a", "b"}, {}}},
                                  {Role::kViewer, kOne, {{"c"}, {"MeshRetry"}}},
                                  {Role::kViewer, kOne, {{}, {"MeshTimeout"}}},
                                  {Role::kAdmin, kNoTenant, {{"d"}, {}}}});
  CHECK(ReadsAllOf(scope, "a"));
  CHECK_FALSE(ReadsAllOf(scope, "c"));
  CHECK_FALSE(ReadsAllOf(scope, "e"));
  CHECK(MeshesReadWhole(scope) == Names{"a", "b", "d"});
}

}  // namespace
}  // namespace skyden::model
