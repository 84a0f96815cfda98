// SPDX-License-Identifier: Apache-2.0
// Takes a database, for this daemon alone or beside others, and reads what it says of itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/store/postgres_store.h"
#include "skyden/store/sealer.h"
#include "store/postgres/connection.h"

namespace skyden::store::postgres {

struct Opening {
  int64_t opened = 0;
  std::string epoch;
  std::string snapshot;  // what was committed by then, as PostgreSQL writes it
  bool alone = true;     // nobody else has it open
};

// A daemon among others.
struct Member {
  std::string id;
  std::string about;
  absl::Duration given_up_after;
};

// FAILED_PRECONDITION, saying what to do, when the schema is not this version's.
absl::Status CheckSchemaVersion(Wire& wire);

// `system` keeps kDaemonLock for as long as it lives. `member` nullopt: alone. Errors as
// OpenPostgresStore's.
absl::StatusOr<Opening> Open(Connection& system, const Sealer& sealer,
                             PostgresOptions::OldKeys old_keys,
                             const std::optional<Member>& member);

}  // namespace skyden::store::postgres
