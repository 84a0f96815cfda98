// SPDX-License-Identifier: Apache-2.0
// Stored specs as JSON whose members keep their order, and how it is looked through.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "skyden/model/labels.h"

namespace skyden::upgrade {

using Json = nlohmann::ordered_json;

// nullptr when there is none, or `json` is no object.
inline Json* Find(Json& json, std::string_view name) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(std::string(name));
  return found == json.end() ? nullptr : &*found;
}

// The same of "a.b.c".
inline Json* FindBelow(Json& json, std::string_view path) {
  Json* at = &json;
  while (at != nullptr && !path.empty()) {
    const size_t dot = path.find('.');
    at = Find(*at, path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return at;
}

// "" when it is not there, or no text.
inline std::string TextOf(Json& json, std::string_view name) {
  const Json* text = Find(json, name);
  return text != nullptr && text->is_string() ? text->get<std::string>() : std::string();
}

// Whether a list has elements, an object members, a text letters.
inline bool HasSome(Json& json, std::string_view name) {
  const Json* member = Find(json, name);
  return member != nullptr && !member->empty() && (!member->is_string() || *member != "");
}

// `each` gets the elements of a list and their numbers; none of anything else.
template <class Each>
void ForEach(Json& json, std::string_view name, const Each& each) {
  Json* list = Find(json, name);
  if (list == nullptr || !list->is_array()) return;
  for (size_t i = 0; i < list->size(); ++i) each((*list)[i], i);
}

inline model::Labels PairsOf(Json& json, std::string_view name) {
  model::Labels pairs;
  const Json* object = Find(json, name);
  if (object == nullptr || !object->is_object()) return pairs;
  for (const auto& [key, value] : object->items()) {
    if (value.is_string()) pairs[key] = value.get<std::string>();
  }
  return pairs;
}

}  // namespace skyden::upgrade
