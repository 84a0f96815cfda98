// SPDX-License-Identifier: Apache-2.0
// What protobuf's generator for Go calls things: validators name them so.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>

namespace skyden::resources::envoy {

std::string GoTypeName(const google::protobuf::Descriptor& type);
// Of a field or a oneof.
std::string GoFieldName(std::string_view name);

}  // namespace skyden::resources::envoy
