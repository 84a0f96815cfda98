// SPDX-License-Identifier: Apache-2.0
#include "rest/json_reader.h"

#include "skyden/base/json_text.h"
#include "skyden/base/limits.h"

namespace skyden::rest {

std::optional<nlohmann::json> ReadJson(std::string_view text) {
  if (!base::IsStrictJson(text, base::limits::kJsonDepth)) return std::nullopt;
  return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace skyden::rest
