// SPDX-License-Identifier: Apache-2.0
// From stored protobuf specs to messages, and from their maps to ours.
#pragma once

#include <google/protobuf/map.h>

#include <string>
#include <string_view>

#include "skyden/matching/proxy.h"

namespace skyden::matching {

// What does not parse was refused when it was written; false is a corrupt row.
template <class Message>
bool ParseSpec(const model::Resource& resource, Message& message) {
  return message.ParseFromString(resource.spec);
}

inline Tags ToTags(const google::protobuf::Map<std::string, std::string>& map) {
  return Tags(map.begin(), map.end());
}

}  // namespace skyden::matching
