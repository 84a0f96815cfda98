// SPDX-License-Identifier: Apache-2.0
#include "schema_check.h"

#include <algorithm>

namespace skyden::rest {
namespace {

using Schema = nlohmann::ordered_json;
using nlohmann::json;

bool HasType(const std::string& type, const json& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  return value.is_number();
}

}  // namespace

// The parts of "allOf" as one: a member that one of them does not know, another one may.
Schema SchemaCheck::Merged(const Schema& schema) const {
  Schema merged = {{"type", "object"}, {"required", Schema::array()}};
  for (const Schema& unresolved : schema["allOf"]) {
    const Schema& part = Follow(unresolved);
    for (const Schema& name : part.value("required", Schema::array())) {
      merged["required"].push_back(name);
    }
    const Schema properties = part.value("properties", Schema::object());
    for (const auto& [name, property] : properties.items()) {
      merged["properties"][name] = property;
    }
  }
  return merged;
}

std::vector<std::string> SchemaCheck::Misfits(const Schema& schema, const json& value) const {
  std::vector<std::string> misfits;
  Check(schema, value, "", misfits);
  return misfits;
}

const Schema& SchemaCheck::Follow(const Schema& node) const {
  const auto ref = node.find("$ref");
  if (ref == node.end()) return node;
  return document_.at(Schema::json_pointer(ref->get<std::string>().substr(1)));
}

void SchemaCheck::Check(const Schema& unresolved, const json& value, const std::string& place,
                        std::vector<std::string>& misfits) const {
  const Schema& schema = Follow(unresolved);
  if (value.is_null()) {
    const bool typed = schema.contains("type") || schema.contains("allOf");
    if (typed && !schema.value("nullable", false)) misfits.push_back(place + " is null");
    return;
  }
  if (schema.contains("allOf")) return Check(Merged(schema), value, place, misfits);
  if (schema.contains("oneOf")) {
    const auto& choices = schema["oneOf"];
    const auto fits = std::count_if(choices.begin(), choices.end(), [&](const Schema& choice) {
      return Misfits(choice, value).empty();
    });
    if (fits != 1) misfits.push_back(place + " is not exactly one of the choices");
  }
  if (schema.contains("type") && !HasType(schema["type"], value)) {
    misfits.push_back(place + " is no " + schema["type"].get<std::string>());
    return;
  }
  if (schema.contains("enum")) {
    const auto& choices = schema["enum"];
    const auto same = [&](const Schema& choice) { return json(choice) == value; };
    if (std::none_of(choices.begin(), choices.end(), same)) {
      misfits.push_back(place + " is none of the enum: " + value.dump());
    }
  }
  if (value.is_object()) CheckObject(schema, value, place, misfits);
  if (value.is_array() && schema.contains("items")) {
    for (size_t i = 0; i < value.size(); ++i) {
      Check(schema["items"], value[i], place + "[" + std::to_string(i) + "]", misfits);
    }
  }
}

void SchemaCheck::CheckObject(const Schema& schema, const json& value, const std::string& place,
                              std::vector<std::string>& misfits) const {
  for (const Schema& name : schema.value("required", Schema::array())) {
    if (!value.contains(name.get<std::string>())) {
      misfits.push_back(place + " lacks " + name.get<std::string>());
    }
  }
  const Schema none = Schema::object();
  const Schema& properties = schema.contains("properties") ? schema["properties"] : none;
  for (const auto& [name, member] : value.items()) {
    const std::string at = place + "." + name;
    if (properties.contains(name)) {
      Check(properties[name], member, at, misfits);
    } else if (!schema.contains("additionalProperties")) {
      // Not described; whether anybody should mind is the caller's to say.
      if (!properties.empty()) misfits.push_back(at + " is not described");
    } else if (schema["additionalProperties"].is_object()) {
      Check(schema["additionalProperties"], member, at, misfits);
    } else if (schema["additionalProperties"] == false) {
      misfits.push_back(at + " is not described");
    }
  }
}

}  // namespace skyden::rest
