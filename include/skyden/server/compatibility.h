// SPDX-License-Identifier: Apache-2.0
// Whether this program and what a daemon keeps go together.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "skyden/server/config.h"
#include "skyden/store/schema_version.h"

namespace skyden::server {

// The database in the data directory, and its schema. NOT_FOUND when there is none yet;
// INVALID_ARGUMENT for store postgres, which `skyden store check` asks. Nothing is changed or held.
struct DatabaseAtHand {
  std::string file;
  store::SchemaVersion schema;
};
absl::StatusOr<DatabaseAtHand> LookAtDatabase(const Config& config);

}  // namespace skyden::server
