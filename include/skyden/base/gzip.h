// SPDX-License-Identifier: Apache-2.0
// Bounded gzip. The library inside gRPC 1.51 inflates without a bound, so we do it ourselves.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace skyden::base {

bool LooksLikeGzip(std::string_view bytes);
// RESOURCE_EXHAUSTED when the result would be over `bytes_max` (no more than that is allocated);
// INVALID_ARGUMENT when `bytes` is not one complete gzip member.
absl::StatusOr<std::string> Gunzip(std::string_view bytes, size_t bytes_max);
std::string Gzip(std::string_view bytes, int level = 1);

}  // namespace skyden::base
