// SPDX-License-Identifier: Apache-2.0
// Nobody but us may change what lies in the data directory, or read what it keeps.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace skyden::server {

// Looks at the directory and at the files that the daemon keeps there. Whatever others could write,
// owns somebody else or is a link is refused: FAILED_PRECONDITION, with what mends it. What others
// could only read is made ours alone, but for the secrets key, which the store refuses then. OK
// when there is no such directory.
absl::Status CheckPrivateDir(const std::string& directory);

}  // namespace skyden::server
