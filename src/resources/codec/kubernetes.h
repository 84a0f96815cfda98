// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

// A protobuf type's resource as the object it would be in a Kubernetes cluster. `spec_json` is its
// spec as jsonpb prints it.
std::string KubernetesObject(const model::TypeDescriptor& type, const model::Resource& resource,
                             std::string_view spec_json, std::string_view name_space);

}  // namespace skyden::resources
