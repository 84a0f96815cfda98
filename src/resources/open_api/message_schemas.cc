// SPDX-License-Identifier: Apache-2.0
#include "resources/open_api/message_schemas.h"

#include <google/protobuf/descriptor.h>

#include <string_view>
#include <utility>

namespace skyden::resources::open_api {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// Numbers of 64 bits are printed as text, which JSON's numbers cannot hold.
Json Scalar(FieldDescriptor::CppType type, bool is_bytes) {
  switch (type) {
    case FieldDescriptor::CPPTYPE_INT32:
      return {{"type", "integer"}, {"format", "int32"}};
    case FieldDescriptor::CPPTYPE_UINT32:
      return {{"type", "integer"}, {"format", "int64"}, {"minimum", 0}};
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return {{"type", "number"}};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::CPPTYPE_STRING:
      if (is_bytes) return {{"type", "string"}, {"format", "byte"}};
      return {{"type", "string"}};
    default:
      return {{"type", "string"}, {"description", "A number of 64 bits."}};
  }
}

// "Networking.Inbound" of "kuma.mesh.v1alpha1.Dataplane.Networking.Inbound" and so on.
template <class D>
std::string Joined(const D& descriptor) {
  std::string name = descriptor.name();
  for (const Descriptor* outer = descriptor.containing_type(); outer != nullptr;
       outer = outer->containing_type()) {
    name.insert(0, outer->name());
  }
  return name;
}

// "System" of "kuma.system.v1alpha1".
std::string PackageWord(const std::string& package) {
  const size_t end = package.rfind('.');
  if (end == std::string::npos || end == 0) return "";
  const size_t begin = package.rfind('.', end - 1);
  std::string word = package.substr(begin == std::string::npos ? 0 : begin + 1,
                                    end - (begin == std::string::npos ? 0 : begin + 1));
  if (!word.empty()) word[0] = static_cast<char>(word[0] - 'a' + 'A');
  return word;
}

}  // namespace

std::string MessageSchemas::Named(std::string name, const std::string& package) const {
  if (begun_.contains(name) || !book_.Has(name)) return name;
  return PackageWord(package) + name;
}

std::string MessageSchemas::NameOf(const Descriptor& message) const {
  std::string name = Joined(message);
  if (specs_.contains(message.full_name())) name += "Spec";
  return Named(std::move(name), message.file()->package());
}

Json MessageSchemas::RefTo(const Descriptor& message) {
  std::string name = NameOf(message);
  if (begun_.insert(name).second) {
    Json schema = {{"type", "object"}, {"properties", Json::object()}};
    for (int i = 0; i < message.field_count(); ++i) {
      schema["properties"][message.field(i)->json_name()] = Of(*message.field(i));
    }
    book_.Add(name, std::move(schema));
  }
  return Ref(name);
}

Json MessageSchemas::Of(const FieldDescriptor& field) {
  if (field.is_map()) {
    return {{"type", "object"},
            {"additionalProperties", Singular(*field.message_type()->map_value())}};
  }
  if (field.is_repeated()) return {{"type", "array"}, {"items", Singular(field)}};
  return Singular(field);
}

Json MessageSchemas::Singular(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return Message(*field.message_type());
  if (field.enum_type() != nullptr) return Enum(*field.enum_type());
  return Scalar(field.cpp_type(), field.type() == FieldDescriptor::TYPE_BYTES);
}

Json MessageSchemas::Message(const Descriptor& message) {
  switch (message.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
      return RefTo(message);
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return {{"type", "string"}, {"description", "A duration, as 1.5s."}};
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return {{"type", "string"}, {"format", "date-time"}};
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return {{"description", "Any JSON."}};
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return {{"type", "array"}, {"items", {{"description", "Any JSON."}}}};
    case Descriptor::WELLKNOWNTYPE_STRUCT:
    case Descriptor::WELLKNOWNTYPE_ANY:
      return {{"type", "object"}, {"additionalProperties", true}};
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return {{"type", "string"}};
    default:  // the wrappers
      return Singular(*message.field(0));
  }
}

Json MessageSchemas::Enum(const EnumDescriptor& type) {
  std::string name = Named(Joined(type), type.file()->package());
  if (begun_.insert(name).second) {
    Json schema = {{"type", "string"}};
    for (int i = 0; i < type.value_count(); ++i) schema["enum"].push_back(type.value(i)->name());
    book_.Add(name, std::move(schema));
  }
  return Ref(name);
}

}  // namespace skyden::resources::open_api
