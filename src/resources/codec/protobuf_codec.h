// SPDX-License-Identifier: Apache-2.0
// The codec of types whose spec is a protobuf message (TypeDescriptor::protobuf_message).
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "resources/codec/type_codec.h"
#include "skyden/model/type_registry.h"

namespace skyden::resources {

// INTERNAL when the message is not linked in. `type` must outlive the codec.
absl::StatusOr<std::unique_ptr<TypeCodec>> MakeProtobufTypeCodec(const model::TypeDescriptor& type);

}  // namespace skyden::resources
