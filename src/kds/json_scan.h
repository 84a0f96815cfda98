// SPDX-License-Identifier: Apache-2.0
// Looks up single members in JSON text without building a tree. For text that is valid JSON it is
// exact; for other text it answers something harmless in linear time and constant stack.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"

namespace skyden::kds {

// The raw text of the first member `key` of an object; nullopt when there is none or `object` is
// not an object. Keys are compared as they are written: one with escapes is never equal.
std::optional<std::string_view> JsonMember(std::string_view object, std::string_view key);
// Calls `fn` with the name, as it is written, and the raw value of each member. False when `object`
// is not an object.
bool JsonMembers(std::string_view object,
                 absl::FunctionRef<void(std::string_view, std::string_view)> fn);
// The same as JsonMember along a path: JsonMember(JsonMember(object, a), b)...
std::optional<std::string_view> JsonPath(std::string_view object,
                                         std::initializer_list<std::string_view> path);
// Calls `fn` with the raw text of each element. False when `array` is not an array.
bool JsonElements(std::string_view array, absl::FunctionRef<void(std::string_view)> fn);
// The characters of a JSON string; nullopt when the raw text is not one. \u escapes outside ASCII
// become '?': what is looked up here is ASCII.
std::optional<std::string> JsonString(std::string_view raw);

}  // namespace skyden::kds
