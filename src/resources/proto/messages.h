// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace google::protobuf {
class Message;
}

namespace skyden::resources {

// An empty message of the type with this full name, e.g. "kuma.mesh.v1alpha1.Mesh"; null when the
// program has none. Lives as long as the program.
const google::protobuf::Message* PrototypeOf(std::string_view full_name);

}  // namespace skyden::resources
