// SPDX-License-Identifier: Apache-2.0
// Takes a database for this daemon alone, and reads what it says of itself.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "skyden/store/postgres_store.h"
#include "skyden/store/sealer.h"
#include "store/postgres/connection.h"

namespace skyden::store::postgres {

struct Opening {
  int64_t opened = 0;
  std::string epoch;
};

// FAILED_PRECONDITION, saying what to do, when the schema is not this version's.
absl::Status CheckSchemaVersion(Wire& wire);

// `system` keeps kDaemonLock for as long as it lives. Errors as OpenPostgresStore's.
absl::StatusOr<Opening> Open(Connection& system, const Sealer& sealer,
                             PostgresOptions::OldKeys old_keys);

}  // namespace skyden::store::postgres
