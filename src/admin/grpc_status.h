// SPDX-License-Identifier: Apache-2.0
// The one place where this module's errors become gRPC's.
#pragma once

#include <grpcpp/support/status.h>

#include <string_view>

#include "absl/status/status.h"

namespace skyden::admin {

// Same code and text, bounded; violations become a google.rpc.BadRequest detail. What is nobody's
// business (INTERNAL, UNKNOWN, DATA_LOSS) goes out as "internal error (request <id>)" and is logged
// with its cause.
grpc::Status ToGrpc(const absl::Status& status, std::string_view request_id);

}  // namespace skyden::admin
