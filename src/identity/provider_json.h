// SPDX-License-Identifier: Apache-2.0
// Reading what an identity provider sends: its documents and its tokens' claims.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace skyden::identity {

// nullopt when `text` is no JSON object, or one deeper than `depth`.
inline std::optional<nlohmann::json> ReadProviderObject(std::string_view text, int depth) {
  const auto shallow = [depth](int at, nlohmann::json::parse_event_t, nlohmann::json&) {
    return at <= depth;
  };
  nlohmann::json document = nlohmann::json::parse(text, shallow, /*allow_exceptions=*/false);
  if (!document.is_object()) return std::nullopt;
  return document;
}

// The text of a member; empty when there is none, or one that is no text.
inline std::string TextMember(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace skyden::identity
