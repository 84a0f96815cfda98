// SPDX-License-Identifier: Apache-2.0
// A token for who lost the last one that may run the daemon.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "skyden/server/config.h"

namespace skyden::server {

enum class OperatorTokenFile { kIsKept, kIsWritten };

struct MadeOperatorToken {
  std::string account;
  std::string token;  // empty when it was written
  std::string file;   // empty when it was not
};

// On the data directory of a daemon that does not run. kIsWritten: into its admin.token, in place
// of what is there. Errors as of Migrate, and UNAVAILABLE, saying what to do, while a daemon runs
// on it.
absl::StatusOr<MadeOperatorToken> MakeOperatorToken(const Config& config, OperatorTokenFile file);

}  // namespace skyden::server
