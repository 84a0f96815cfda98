// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace skyden::identity {

// Writes `path` with mode 0600, whole or not at all, and waits until it is on the disk.
absl::Status WritePrivateFile(const std::string& path, std::string_view content);

}  // namespace skyden::identity
