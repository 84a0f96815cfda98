// SPDX-License-Identifier: Apache-2.0
// The rules of single values, one function for each kind that validate.proto has and Envoy's API
// uses.
#pragma once

#include <google/protobuf/descriptor.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "resources/envoy/options.h"

namespace skyden::resources::envoy {

// One value in a message: a field, or one of its elements.
struct Value {
  const google::protobuf::Message& message;
  const google::protobuf::FieldDescriptor& field;
  int index = -1;  // of an element
};

// "" when it holds, else what is wrong, in the words of Go's generated validators.
using Check = std::function<std::string(const Value&)>;

// What `rules` says of values of its kind, in the order in which it is checked. `kind`: the member
// of validate.FieldRules that holds them, e.g. "uint32"; `field` tells the names of an enum.
// What is not understood makes no check and is added to `unknown`.
std::vector<Check> ChecksOf(std::string_view kind, const Options& rules,
                            const google::protobuf::FieldDescriptor& field,
                            std::vector<std::string>& unknown);

}  // namespace skyden::resources::envoy
