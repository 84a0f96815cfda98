// SPDX-License-Identifier: Apache-2.0
// JSON bodies of our own requests (resources are the codec's), bounded.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace skyden::rest {

// nullopt when it is no JSON, is nested deeper than limits::kJsonDepth, holds invalid UTF-8, or
// names a key twice.
std::optional<nlohmann::json> ReadJson(std::string_view text);

}  // namespace skyden::rest
