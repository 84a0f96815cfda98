// SPDX-License-Identifier: Apache-2.0
// What grants that are narrowed give inside a control plane, beside what the scope's role does. All
// of this is cheap where nothing is narrowed, and may walk the grants where something is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"

namespace skyden::model {

// The part of a type's resources that something may be done with.
struct Extent {
  bool everything = false;
  // Sorted: those that are in these meshes; of the type Mesh, those of these names.
  std::vector<std::string> meshes = {};

  bool nothing() const { return !everything && meshes.empty(); }
  friend bool operator==(const Extent&, const Extent&) = default;
};

// Whether narrowed grants are all there is: what they do not give must look as if it were not
// there.
inline bool IsInParts(const TenantScope& scope) { return scope.role() == Role::kInParts; }

// A type of the control plane as a whole is given by a grant that names it and no meshes. Whoever
// reads something of a mesh that is named reads that Mesh as well.
Extent ExtentOf(const TenantScope& scope, Action action, const TypeDescriptor& type);
bool Reaches(const TenantScope& scope, Action action, const TypeDescriptor& type,
             const ResourceKey& key);

// Everything in a mesh that is no secret may be read, by one grant.
bool ReadsAllOf(const TenantScope& scope, std::string_view mesh);
// The meshes of which that is so, sorted. A grant that names none has every type of every mesh only
// if it is not narrowed, and then the scope's role says it.
std::vector<std::string> MeshesReadWhole(const TenantScope& scope);

}  // namespace skyden::model
