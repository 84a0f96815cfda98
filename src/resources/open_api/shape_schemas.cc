// SPDX-License-Identifier: Apache-2.0
// Defaults are told in words: generators take a member that has one for a member that must be
// given.
#include "resources/open_api/shape_schemas.h"

#include <cmath>
#include <utility>

namespace skyden::resources::open_api {
namespace {

using json::Type;
using json::Value;

Json NumberOf(double number) {
  if (std::trunc(number) == number && std::fabs(number) < 9e15) {
    return static_cast<int64_t>(number);
  }
  return number;
}

Json ValueOf(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kBool:
      return value.boolean;
    case Value::Kind::kNumber:
      return NumberOf(value.number);
    default:
      return std::string(value.text);
  }
}

void AddRange(const json::Range& range, const char* min, const char* max, Json& schema) {
  if (range.min) schema[min] = NumberOf(*range.min);
  if (range.max) schema[max] = NumberOf(*range.max);
}

Json Text(const Type& type) {
  Json schema = {{"type", "string"}};
  AddRange(type.length, "minLength", "maxLength", schema);
  if (!type.pattern_text.empty()) schema["pattern"] = type.pattern_text;
  return schema;
}

Json Number(const Type& type) {
  // Of 32 bits without a sign: more than a generator's int32 holds.
  const bool fits_32 = type.format == "int32" && type.go_type != "uint32";
  Json schema = {{"type", "integer"}, {"format", fits_32 ? "int32" : "int64"}};
  json::Range range = type.range;
  if (!range.min && type.go_type.starts_with("uint")) range.min = 0;
  AddRange(range, "minimum", "maximum", schema);
  return schema;
}

}  // namespace

Json ShapeSchemas::Of(const Type& type) {
  Json schema;
  switch (type.base) {
    case Type::Base::kString:
      schema = Text(type);
      break;
    case Type::Base::kBool:
      schema = {{"type", "boolean"}};
      break;
    case Type::Base::kInteger:
      schema = Number(type);
      break;
    case Type::Base::kDuration:
      schema = {{"type", "string"}, {"description", "A duration, as 1m30s."}};
      break;
    case Type::Base::kIntOrString:
      return Ref("IntOrString");
    case Type::Base::kBytes:
      schema = {{"type", "string"}, {"format", "byte"}};
      break;
    case Type::Base::kTime:
      schema = {{"type", "string"}, {"format", "date-time"}};
      break;
    case Type::Base::kAny:
      return {{"description", "Any JSON."}};
    case Type::Base::kObject:
      return RefTo(*type.shape);
    case Type::Base::kList:
      schema = {{"type", "array"}, {"items", Of(*type.element)}};
      AddRange(type.items, "minItems", "maxItems", schema);
      break;
    case Type::Base::kMap:
      schema = {{"type", "object"}, {"additionalProperties", Of(*type.element)}};
      break;
  }
  for (const Value& choice : type.choices) schema["enum"].push_back(ValueOf(choice));
  if (type.fallback) {
    schema["description"] = fmt::format("Without it: {}.", ValueOf(*type.fallback).dump());
  }
  return schema;
}

std::string ShapeSchemas::NameOf(const json::Shape& shape) const {
  if (shape.is_shared) return shape.name;
  if (shape.name == type_.name) return type_.name + "Spec";
  return shape.name.starts_with(type_.name) ? shape.name : type_.name + shape.name;
}

Json ShapeSchemas::RefTo(const json::Shape& shape) {
  std::string name = NameOf(shape);
  if (begun_.insert(name).second) {
    Json schema = {{"type", "object"}};
    for (const json::Field& field : shape.fields) {
      if (field.required) schema["required"].push_back(field.name);
    }
    schema["properties"] = Json::object();
    for (const json::Field& field : shape.fields) schema["properties"][field.name] = Member(field);
    book_.Add(name, std::move(schema));
  }
  return Ref(name);
}

// What is always printed is printed as null where a list or a map has nothing in it.
Json ShapeSchemas::Member(const json::Field& field) {
  Json schema = Of(field.type);
  const bool may_be_null =
      field.type.base == Type::Base::kList || field.type.base == Type::Base::kMap;
  if (may_be_null && field.printed == json::Field::Printed::kAlways) schema["nullable"] = true;
  return schema;
}

}  // namespace skyden::resources::open_api
