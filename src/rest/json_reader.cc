// SPDX-License-Identifier: Apache-2.0
#include "rest/json_reader.h"

#include <set>
#include <string>
#include <vector>

#include "skyden/base/limits.h"

namespace skyden::rest {

std::optional<nlohmann::json> ReadJson(std::string_view text) {
  using Event = nlohmann::json::parse_event_t;
  bool refused = false;
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, Event event, nlohmann::json& parsed) {
    switch (event) {
      case Event::object_start:
        keys.emplace_back();
        refused |= depth >= base::limits::kJsonDepth;
        break;
      case Event::array_start:
        refused |= depth >= base::limits::kJsonDepth;
        break;
      case Event::object_end:
        keys.pop_back();
        break;
      case Event::key:
        refused |= keys.empty() || !keys.back().insert(parsed.get<std::string>()).second;
        break;
      default:
        break;
    }
    return !refused;
  };
  try {
    nlohmann::json json = nlohmann::json::parse(text, check, /*allow_exceptions=*/false);
    if (refused || json.is_discarded()) return std::nullopt;
    return json;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace skyden::rest
