// SPDX-License-Identifier: Apache-2.0
// What Kuma's REST API prints of every resource, whatever its spec.
#pragma once

#include <string>

#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

// type, mesh, name, times, labels and kri, as one JSON object.
std::string RenderMeta(const model::TypeDescriptor& type, const model::Resource& resource);

}  // namespace skyden::resources
