// SPDX-License-Identifier: Apache-2.0
// A resource is what all have in common, and its spec: beside it in JSON types, among it in those
// of protobuf.
#include "skyden/resources/open_api_schemas.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <utility>

#include "resources/json/schema.h"
#include "resources/open_api/message_schemas.h"
#include "resources/open_api/schema_book.h"
#include "resources/open_api/shape_schemas.h"
#include "resources/proto/messages.h"
#include "skyden/base/status.h"

namespace skyden::resources {
namespace {

using model::SpecEncoding;
using model::TypeDescriptor;
using open_api::Json;
using open_api::Ref;
using open_api::SchemaBook;

// The members that every resource of the type has. The control plane writes those that are
// read-only, and does not look at them in what is sent.
Json Common(const TypeDescriptor& type) {
  const bool in_mesh = type.scope == model::ResourceScope::kMesh;
  Json schema = {{"type", "object"}, {"required", {"type", "name"}}};
  if (in_mesh) schema["required"] = {"type", "mesh", "name"};
  Json& properties = schema["properties"];
  properties["type"] = {{"type", "string"}, {"enum", {type.name}}};
  if (in_mesh) properties["mesh"] = {{"type", "string"}};
  properties["name"] = {{"type", "string"}};
  properties["labels"] = Ref("Labels");
  for (const char* time : {"creationTime", "modificationTime"}) {
    properties[time] = {{"type", "string"}, {"format", "date-time"}, {"readOnly", true}};
  }
  properties["kri"] = {{"type", "string"}, {"readOnly", true}};
  return schema;
}

Json ListOf(const std::string& name) {
  return {
      {"type", "object"},
      {"required", {"total", "items"}},
      {"properties",
       {{"total", {{"type", "integer"}, {"format", "int64"}}},
        {"items", {{"type", "array"}, {"items", Ref(name)}}},
        {"next", {{"type", "string"}, {"nullable", true}, {"description", "The next page."}}}}}};
}

absl::Status AddJsonType(const TypeDescriptor& type, const std::string& shared, SchemaBook& book) {
  SKYDEN_ASSIGN_OR_RETURN(const auto schema, json::Schema::Compile(type, shared));
  open_api::ShapeSchemas shapes(type, book);
  Json resource = Common(type);
  // What every resource has beside its spec is in the body's shape, too; only the rest is new.
  for (const json::Field& field : schema->body().shape->fields) {
    Json& properties = resource["properties"];
    if (!properties.contains(field.name)) properties[field.name] = shapes.Of(field.type);
  }
  resource["required"].push_back("spec");
  book.Add(type.name, std::move(resource));
  return absl::OkStatus();
}

absl::Status AddProtobufType(const TypeDescriptor& type, open_api::MessageSchemas& messages,
                             SchemaBook& book) {
  const auto* prototype = PrototypeOf(type.protobuf_message);
  if (prototype == nullptr) {
    return absl::InternalError(fmt::format("{} has no message", type.name));
  }
  Json resource;
  resource["allOf"] = {Common(type), messages.RefTo(*prototype->GetDescriptor())};
  if (!type.path.empty()) book.Add(type.name, std::move(resource));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> OpenApiSchemas(const model::TypeRegistry& registry,
                                           model::KumaVersion version) {
  const model::VersionTypes& types = registry.In(version);
  SchemaBook book;
  std::set<std::string> specs;
  for (const TypeDescriptor& type : types.all()) {
    if (type.encoding == SpecEncoding::kProtobuf) {
      specs.insert(type.protobuf_message);
    } else if (!type.path.empty()) {
      SKYDEN_RETURN_IF_ERROR(AddJsonType(type, types.shared_shapes_yaml(), book));
    }
  }
  open_api::MessageSchemas messages(std::move(specs), book);
  for (const TypeDescriptor& type : types.all()) {
    if (type.encoding == SpecEncoding::kProtobuf) {
      SKYDEN_RETURN_IF_ERROR(AddProtobufType(type, messages, book));
    }
    if (!type.path.empty()) book.Add(type.name + "List", ListOf(type.name));
  }
  SKYDEN_RETURN_IF_ERROR(book.status());
  return book.Take().dump();
}

}  // namespace skyden::resources
