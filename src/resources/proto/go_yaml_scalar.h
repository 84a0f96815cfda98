// SPDX-License-Identifier: Apache-2.0
// What a YAML scalar without quotes means.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace skyden::resources {

// As JSON text: null, a boolean, a number or a string. nullopt for what JSON cannot say: infinity,
// "not a number", integers of more than 64 bits written in another base.
std::optional<std::string> PlainScalarToJson(std::string_view text);

}  // namespace skyden::resources
