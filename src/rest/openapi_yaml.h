// SPDX-License-Identifier: Apache-2.0
// YAML as far as descriptions are written in it, to and from JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace skyden::rest {

// Aliases are copied out. Plain scalars that look like numbers or booleans are such. INTERNAL when
// it is not YAML.
absl::StatusOr<nlohmann::ordered_json> ReadYaml(std::string_view text);

// In block style, members in their order.
std::string PrintYaml(const nlohmann::ordered_json& value);

}  // namespace skyden::rest
