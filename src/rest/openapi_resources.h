// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include "rest/openapi_operations.h"
#include "skyden/model/type_registry.h"

namespace skyden::rest {

// Adds the paths that every type of resource has.
void AddResourcePaths(const model::TypeRegistry& registry, nlohmann::ordered_json& paths);

// Adds `<Type>Overview` and `<Type>OverviewList` of the types that have one to `schemas`, which has
// those of the types themselves.
void AddOverviewSchemas(const model::TypeRegistry& registry, nlohmann::ordered_json& schemas);

}  // namespace skyden::rest
