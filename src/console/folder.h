// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace skyden::console {

struct FolderLimits {
  size_t files = 0;
  size_t bytes = 0;  // of all files together
};

// Every file of `folder` by its path below it ("assets/a.js"), but for those whose name, or a
// folder's on the way, begins with a dot. FAILED_PRECONDITION, with what mends it, when that is
// more than the limits allow or not all of it lies in the folder. Blocks.
absl::StatusOr<std::map<std::string, std::string, std::less<>>> ReadFolder(
    const std::string& folder, const FolderLimits& limits);

}  // namespace skyden::console
