// SPDX-License-Identifier: Apache-2.0
// The files that the daemon itself keeps in its data directory.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "skyden/server/server.h"

namespace skyden::server {

inline constexpr char kAddressesFile[] = "addresses.json";

// Creates the directory, with mode 0700, when it is not there. INVALID_ARGUMENT when it cannot be
// used.
absl::Status PrepareDataDir(const std::string& directory);

// Writes `addresses` and the process id, so that a reader sees the whole file or none.
absl::Status WriteAddresses(const std::string& directory, const Addresses& addresses);
// A file that names ports nobody listens on is worse than none.
void RemoveAddresses(const std::string& directory);

}  // namespace skyden::server
