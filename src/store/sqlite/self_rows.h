// SPDX-License-Identifier: Apache-2.0
// What a database says of itself (table `database`), while it is being opened.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/store/sealer.h"
#include "store/sqlite/database.h"
#include "store/sqlite/database_files.h"

namespace skyden::store::sqlite {

absl::StatusOr<DatabaseFiles::Identity> ReadIdentity(sqlite3* db);

// Both write, so `db` has the scope functions, with a system's slot.

// Counts this start in `identity` and in the database. Makes the id and the epoch when there are
// none yet, and another epoch when the database may have gone back.
absl::Status CountStart(sqlite3* db, const DatabaseFiles& files, DatabaseFiles::Identity& identity);

// DATA_LOSS when `sealer` cannot open what was sealed under a key that is still in use:
// each key has sealed a word of its own here. kForgotten: keys but the newest are not in use any
// more.
absl::Status CheckKeys(sqlite3* db, const Sealer& sealer, SqliteOptions::OldKeys old_keys);

}  // namespace skyden::store::sqlite
