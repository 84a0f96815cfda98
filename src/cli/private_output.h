// SPDX-License-Identifier: Apache-2.0
// Files that hold what only their owner may know.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace skyden::cli {

enum class Existing { kReplaced, kAppendedTo };

// Nobody else may read the file from then on, also when it was there before and others could. What
// is no file (a pipe, a device) is written as it is.
absl::Status WritePrivately(const std::string& path, std::string_view text, Existing existing);

}  // namespace skyden::cli
