// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "resources/json/schema.h"
#include "resources/open_api/schema_book.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources::open_api {

// Adds the shapes of one JSON type to a book. `type` and the book outlive it.
//
// A shape that types share keeps its name, one that is a type's own begins with the type's.
class ShapeSchemas {
 public:
  ShapeSchemas(const model::TypeDescriptor& type, SchemaBook& book) : type_(type), book_(book) {}

  // What stands where a value of that type is.
  Json Of(const json::Type& type);

 private:
  std::string NameOf(const json::Shape& shape) const;
  Json RefTo(const json::Shape& shape);
  Json Member(const json::Field& field);

  const model::TypeDescriptor& type_;
  SchemaBook& book_;
  std::set<std::string> begun_;  // a shape may refer to itself
};

}  // namespace skyden::resources::open_api
