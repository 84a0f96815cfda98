// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "skyden/model/resource.h"

namespace skyden::kds {

// The name under which a resource is known outside of where it was made: the display name and a
// hash of mesh, display name, zone and namespace, so that no two of them meet.
std::string HashedName(std::string_view mesh, std::string_view display_name,
                       const model::Labels& labels);

}  // namespace skyden::kds
