// SPDX-License-Identifier: Apache-2.0
// Kuma's resource identifier (KRI), taken apart: a resource named by where it was made.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::matching {

struct Identifier {
  std::string type;  // "MeshService"
  std::string mesh;
  std::string zone;
  std::string name_space;
  std::string name;     // as its author knows it
  std::string section;  // a port of it; empty: all of it

  bool empty() const { return type.empty(); }
  Identifier WithSection(std::string_view text) const;
  Identifier WithoutSection() const { return WithSection({}); }

  friend bool operator==(const Identifier&, const Identifier&) = default;
  friend auto operator<=>(const Identifier&, const Identifier&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Identifier& id) {
    return H::combine(std::move(h), id.type, id.mesh, id.zone, id.name_space, id.name, id.section);
  }
};

// Empty for types that have no identifier.
Identifier IdentifierOf(const model::TypeDescriptor& type, const model::Resource& resource);
// "kri_msvc_mesh_zone_namespace_name_section"; empty for an empty one.
std::string KriText(const model::TypeRegistry& registry, const Identifier& id);

// The name that its author gave it: stored names of zones' resources carry a hash.
std::string_view DisplayName(const model::Resource& resource);

}  // namespace skyden::matching
