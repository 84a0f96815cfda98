// SPDX-License-Identifier: Apache-2.0
// A number that changes when a file does. Finds accidents; whoever means harm can meet it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace skyden::store::sqlite {

uint64_t DigestOf(std::string_view bytes);

// Of its content: all of it up to 256 MiB; of a larger file as much, in pieces that are spread
// evenly over it, with its beginning and its end.
absl::StatusOr<uint64_t> DigestOfFile(const std::string& path);

}  // namespace skyden::store::sqlite
