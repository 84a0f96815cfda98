// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/reach.h"

#include <algorithm>

#include "skyden/model/gives.h"

namespace skyden::model {
namespace {

constexpr std::string_view kMesh = "Mesh";

// Calls `fn` with what each grant that gives `action` in parts is narrowed to, until it says true.
template <class Fn>
bool AnyNarrowing(const TenantScope& scope, Action action, Fn fn) {
  if (scope.narrowed() == nullptr) return false;
  const std::vector<Grant>& grants = scope.narrowed()->grants();
  return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
    return GivesInParts(grant, action, scope.tenant()) && fn(grant.narrowing);
  });
}

void SortUnique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

bool HasEveryMeshOf(const Narrowing& to, const TypeDescriptor& type) {
  if (!to.meshes.empty()) return false;
  const bool in_mesh = type.scope == ResourceScope::kMesh;
  return to.HasType(type.name) || (in_mesh && to.types.empty());
}

// Whether its meshes say which resources of the type are meant.
bool NamesMeshesOf(const Narrowing& to, Action action, const TypeDescriptor& type) {
  if (type.scope == ResourceScope::kMesh) return to.types.empty() || to.HasType(type.name);
  return type.name == kMesh && action == Action::kRead;
}

}  // namespace

Extent ExtentOf(const TenantScope& scope, Action action, const TypeDescriptor& type) {
  Extent extent;
  extent.everything = AnyNarrowing(scope, action, [&](const Narrowing& to) {
    if (HasEveryMeshOf(to, type)) return true;
    if (NamesMeshesOf(to, action, type)) {
      extent.meshes.insert(extent.meshes.end(), to.meshes.begin(), to.meshes.end());
    }
    return false;
  });
  if (extent.everything) {
    extent.meshes.clear();
    return extent;
  }
  SortUnique(extent.meshes);
  return extent;
}

bool Reaches(const TenantScope& scope, Action action, const TypeDescriptor& type,
             const ResourceKey& key) {
  const std::string& mesh = type.scope == ResourceScope::kMesh ? key.mesh : key.name;
  return AnyNarrowing(scope, action, [&](const Narrowing& to) {
    return HasEveryMeshOf(to, type) || (NamesMeshesOf(to, action, type) && to.HasMesh(mesh));
  });
}

bool ReadsAllOf(const TenantScope& scope, std::string_view mesh) {
  return AnyNarrowing(scope, Action::kRead,
                      [&](const Narrowing& to) { return to.types.empty() && to.HasMesh(mesh); });
}

std::vector<std::string> MeshesReadWhole(const TenantScope& scope) {
  std::vector<std::string> meshes;
  AnyNarrowing(scope, Action::kRead, [&](const Narrowing& to) {
    if (to.types.empty()) meshes.insert(meshes.end(), to.meshes.begin(), to.meshes.end());
    return false;
  });
  SortUnique(meshes);
  return meshes;
}

}  // namespace skyden::model
