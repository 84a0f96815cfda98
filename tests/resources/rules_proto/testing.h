// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "resources/codec/type_codec.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources::testing {

// One protobuf type's codec, with the descriptor that it needs.
class OneType {
 public:
  explicit OneType(std::string name);
  const TypeCodec& codec() const { return *codec_; }
  const model::TypeDescriptor& type() const { return *type_; }
  // The type_url under which a zone sends it.
  std::string url() const { return "type.googleapis.com/" + type_->protobuf_message; }
  // A resource whose spec is this JSON.
  model::Resource Resource(std::string_view spec_json) const;

 private:
  std::unique_ptr<model::TypeDescriptor> type_;
  std::unique_ptr<TypeCodec> codec_;
};

using Strings = std::vector<std::string>;

// What a PUT of `{members}` is told: "field: reason" for each violation, the message alone when
// it does not decode, nothing when it is taken.
Strings Problems(const std::string& type, const std::string& members);
// The same for a Mesh's rules that need its name, joined likewise.
Strings NamedProblems(const std::string& mesh, const std::string& members);
// What a taken body reads back as: the type's own members, without the braces.
std::string ReadBack(const std::string& type, const std::string& members);

}  // namespace skyden::resources::testing
