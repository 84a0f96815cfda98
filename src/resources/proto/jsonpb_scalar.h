// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "resources/proto/jsonpb_target.h"

namespace skyden::resources {

// Reads `raw` as what `field` holds, which is no message, and sets it. INVALID_ARGUMENT in Go's
// words.
absl::Status JsonpbDecodeScalar(std::string_view raw, const JsonpbTarget& target,
                                const google::protobuf::FieldDescriptor& field);

}  // namespace skyden::resources
