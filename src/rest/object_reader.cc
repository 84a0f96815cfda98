// SPDX-License-Identifier: Apache-2.0
#include "rest/object_reader.h"

#include <fmt/format.h>

#include "rest/json_reader.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"

namespace skyden::rest {

using nlohmann::json;

ObjectReader::ObjectReader(std::string_view body) {
  auto read = ReadJson(body);
  if (!read || !read->is_object()) {
    detail_ = "the body is not a JSON object";
  } else {
    object_ = *std::move(read);
  }
}

const json* ObjectReader::Take(const char* name) {
  known_.push_back(name);
  const auto found = object_.find(name);
  return found == object_.end() ? nullptr : &*found;
}

std::optional<std::string> ObjectReader::TakeString(const char* name) {
  const json* value = Take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  Refuse(name, "is_string", "must be a string");
  return std::nullopt;
}

std::optional<bool> ObjectReader::TakeBool(const char* name) {
  const json* value = Take(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  Refuse(name, "is_boolean", "must be true or false");
  return std::nullopt;
}

std::optional<int64_t> ObjectReader::TakeInteger(const char* name) {
  const json* value = Take(name);
  if (value == nullptr) return std::nullopt;
  const bool fits = value->is_number_integer() &&
                    (!value->is_number_unsigned() || value->get<uint64_t>() <= uint64_t{INT64_MAX});
  if (fits) return value->get<int64_t>();
  Refuse(name, "is_integer", "must be a whole number");
  return std::nullopt;
}

std::optional<absl::Time> ObjectReader::TakeTime(const char* name) {
  const json* value = Take(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (value->is_string()) {
    if (const auto time = base::ParseRfc3339(value->get_ref<const std::string&>()); time.ok()) {
      return *time;
    }
  }
  Refuse(name, "is_date_time", "must be a time such as 2030-01-31T12:00:00Z");
  return std::nullopt;
}

std::string ObjectReader::TakeRequiredString(const char* name) {
  const bool absent = object_.find(name) == object_.end();
  if (absent) Refuse(name, "required", fmt::format("property \"{}\" is missing", name));
  return TakeString(name).value_or("");
}

void ObjectReader::RefuseUnknown() {
  for (const auto& [name, value] : object_.items()) {
    bool known = false;
    for (const std::string_view one : known_) known |= one == name;
    if (known) continue;
    const std::string shown = name.substr(0, base::limits::kEchoBytes);
    Refuse(shown, "unknown_property", fmt::format("property \"{}\" is unsupported", shown));
  }
}

std::string DetailOf(const std::vector<InvalidParameter>& invalid) {
  std::string detail = "Bad Request:";
  for (const InvalidParameter& one : invalid) {
    detail += fmt::format("{} {} [{}]: {}", &one == &invalid[0] ? "" : ";", one.field, one.rule,
                          one.reason);
  }
  return detail;
}

}  // namespace skyden::rest
