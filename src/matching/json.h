// SPDX-License-Identifier: Apache-2.0
// JSON whose members keep their order: what is printed of a conf looks like what was written.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace skyden::matching {

using Json = nlohmann::ordered_json;

// A stored spec. A discarded value (is_discarded()) when it is not JSON.
inline Json ParseJson(std::string_view text) {
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

inline std::string Text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The member's value; nullptr when there is none or `json` is no object.
inline const Json* Member(const Json& json, std::string_view name) {
  if (!json.is_object()) return nullptr;
  for (auto member = json.begin(); member != json.end(); ++member) {
    if (member.key() == name) return &*member;
  }
  return nullptr;
}

// "" when it is not there or no string.
inline std::string StringMember(const Json& json, std::string_view name) {
  const Json* member = Member(json, name);
  return member != nullptr && member->is_string() ? member->get_ref<const std::string&>() : "";
}

}  // namespace skyden::matching
