// SPDX-License-Identifier: Apache-2.0
// Metadata as HTTP/2 carries it, and as gRPC's library does: binary values are text in one and
// bytes in the other, and the library ends the process over a name or a value that it does not
// like.
#pragma once

#include <grpcpp/support/string_ref.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/rpc/message.h"

namespace skyden::admin {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// What is named in `wanted`, without what is of one connection only or the bridge's own.
// INVALID_ARGUMENT when the library would not take it.
absl::StatusOr<Pairs> ToHandlers(const rpc::Metadata& metadata,
                                 const std::vector<std::string>& wanted);
rpc::Metadata FromHandlers(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata);
// `details`: the bytes of "grpc-status-details-bin"; none when empty.
rpc::Metadata WithDetails(rpc::Metadata trailers, const std::string& details);

}  // namespace skyden::admin
