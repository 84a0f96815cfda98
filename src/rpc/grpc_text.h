// SPDX-License-Identifier: Apache-2.0
// The small languages of gRPC's headers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace skyden::rpc {

// As "grpc-message" wants it: what is not printable ASCII, and '%', as %XX.
std::string EncodeMessage(std::string_view text);

// "grpc-timeout": up to eight digits and a unit (H M S m u n). nullopt when it is none.
std::optional<absl::Duration> ParseTimeout(std::string_view text);

// "application/grpc", alone or followed by '+' or ';'.
bool IsGrpcContentType(std::string_view text);

}  // namespace skyden::rpc
