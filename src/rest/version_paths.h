// SPDX-License-Identifier: Apache-2.0
// Which versions of Kuma have a path of a control plane's API.
#pragma once

#include <string_view>

#include "skyden/model/kuma_version.h"
#include "skyden/model/type_registry.h"

namespace skyden::rest {

using PathVersions = model::ByVersion<bool>;

// Of what Kuma 3 gave up.
inline constexpr PathVersions kOnlyInTwo = {{true, false}};

// Those that have the type.
PathVersions VersionsOf(const model::TypeRegistry& registry, const model::TypeDescriptor& type);

// `pattern`: as routes are written, relative to the API's root: "/meshes/{mesh}/timeouts/{name}".
// One below the path of a type is there where its type is; any other in all versions.
PathVersions VersionsOfPath(const model::TypeRegistry& registry, std::string_view pattern);

}  // namespace skyden::rest
