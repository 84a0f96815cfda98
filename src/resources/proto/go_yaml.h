// SPDX-License-Identifier: Apache-2.0
// YAML as JSON text, for values that may be written as either.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace skyden::resources {

// The first document of `text`. Aliases are expanded, up to limits::kSpecBytes of result.
// INVALID_ARGUMENT when it is not YAML, is nested deeper than limits::kJsonDepth or grows too big.
absl::StatusOr<std::string> YamlToJson(std::string_view text);

}  // namespace skyden::resources
