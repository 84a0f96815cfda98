// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "rest/openapi_operations.h"
#include "skyden/model/type_registry.h"

namespace skyden::rest {

// Where the API of a control plane begins.
inline constexpr std::string_view kOpenApiRoot = "/v1/mesh/control-planes/{id}/api";

// Adds the paths that every type of resource has.
void AddResourcePaths(const model::VersionTypes& types, nlohmann::ordered_json& paths);

// Adds `<Type>Overview` and `<Type>OverviewList` of the types that have one to `schemas`, which has
// those of the types themselves.
void AddOverviewSchemas(const model::VersionTypes& types, nlohmann::ordered_json& schemas);

}  // namespace skyden::rest
