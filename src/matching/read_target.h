// SPDX-License-Identifier: Apache-2.0
// Reading of what policies refer to.
#pragma once

#include <memory>

#include "matching/mesh_data.h"

namespace skyden::matching {

// MeshService, MeshExternalService, MeshMultiZoneService.
bool IsService(const model::TypeDescriptor& type);

// nullptr when the spec is not JSON.
std::shared_ptr<const Target> ReadService(const model::TypeDescriptor& type, Item resource);
// Of a type without ports: a mesh, a route.
std::shared_ptr<const Target> ReadPlainTarget(const model::TypeDescriptor& type, Item resource);

}  // namespace skyden::matching
