// SPDX-License-Identifier: Apache-2.0
// Operations in short, as parts write them (schema/openapi/README.md), to operations in full.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "skyden/model/list_filter.h"

namespace skyden::rest {

// What the operations of a part have in common.
struct OpenApiDefaults {
  std::string tag;
  std::string errors;  // the answer to what is refused, of components/responses
  std::map<std::string, model::FilterNames> filters;  // lists, by the name that parts give them
};

// Adds the path, and every other path that leads to the same, to `paths`.
void AddPath(const std::string& path, const nlohmann::ordered_json& short_item,
             const OpenApiDefaults& defaults, nlohmann::ordered_json& paths);

// What a list can be filtered by, as a schema, and how that is called: "UserTokensFilter" of
// "user_tokens".
std::string FilterSchemaName(std::string_view list);
nlohmann::ordered_json FilterSchema(const model::FilterNames& names);

// {"$ref": "#/components/<kind>/<name>"}
nlohmann::ordered_json OpenApiRef(std::string_view kind, std::string_view name);

}  // namespace skyden::rest
