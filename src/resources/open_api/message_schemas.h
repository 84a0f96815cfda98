// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "resources/open_api/schema_book.h"

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace skyden::resources::open_api {

// Adds protobuf messages to a book, in the form that jsonpb gives them. The book outlives it.
//
// `Dataplane.Networking` is called DataplaneNetworking, and the message of a resource type
// DataplaneSpec, since the resource itself is more than that. Where the book has a name already,
// the package's is put in front.
class MessageSchemas {
 public:
  // `specs`: full names of the messages that are specs of types.
  MessageSchemas(std::set<std::string> specs, SchemaBook& book)
      : specs_(std::move(specs)), book_(book) {}

  Json RefTo(const google::protobuf::Descriptor& message);

 private:
  std::string NameOf(const google::protobuf::Descriptor& message) const;
  std::string Named(std::string name, const std::string& package) const;
  Json Of(const google::protobuf::FieldDescriptor& field);
  Json Singular(const google::protobuf::FieldDescriptor& field);
  Json Message(const google::protobuf::Descriptor& message);
  Json Enum(const google::protobuf::EnumDescriptor& type);

  const std::set<std::string> specs_;
  SchemaBook& book_;
  std::set<std::string> begun_;  // a message may refer to itself
};

}  // namespace skyden::resources::open_api
