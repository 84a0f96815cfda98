// SPDX-License-Identifier: Apache-2.0
// Work on a data directory that no daemon is using.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/server/config.h"
#include "skyden/store/takeover.h"

namespace skyden::server {

enum class SecretsKey { kIsKept, kIsRotated };
// kIsAdopted: the files are taken as they are, although they are not what the daemon left: after a
// backup was restored, for one.
enum class DatabaseFile { kIsExpected, kIsAdopted };

struct Migrated {
  uint64_t organizations = 0;
  uint64_t control_planes = 0;
  uint64_t secrets = 0;  // sealed anew; 0 when the key is kept
};

// Brings the database up to date, as a start of the daemon does too. With kIsRotated, makes a new
// key, seals every secret anew under it, and forgets the old ones. Whenever this is cut short,
// everything can still be opened, and it can be run again. `on_progress` is told of each control
// plane that is done. Blocks.
// FAILED_PRECONDITION when the files are not what they should be, saying what to do;
// INVALID_ARGUMENT when the configuration is at fault, naming the setting; NOT_FOUND when there is
// no database; UNAVAILABLE while a daemon uses it, or when the disk fails.
absl::StatusOr<Migrated> Migrate(const Config& config, SecretsKey key, DatabaseFile file,
                                 const std::function<void(const Migrated& so_far)>& on_progress);

// Makes roles and schema of the PostgreSQL database that `owner_dsn_file` (mode 0600) leads to, as
// somebody who may, or brings them up to date. INVALID_ARGUMENT names the setting that is at fault.
absl::Status MigratePostgres(const Config& config, const std::string& owner_dsn_file);

// Takes the database in the data directory, of a daemon that does not run, over into the PostgreSQL
// database that `owner_dsn_file` leads to, whose schema was made (store::TakeOver, whose errors
// these are too). Brings it up to date first, and sees that the secrets key opens what is stored.
absl::StatusOr<store::TakenOver> TakeOverToPostgres(
    const Config& config, const std::string& owner_dsn_file,
    const std::function<void(const std::string& table, uint64_t rows)>& on_progress);

// What weakens the set-up of the store that the settings name, in plain words; none when it is
// sound. The files of a data directory are looked at when they are opened, and here say nothing.
absl::StatusOr<std::vector<std::string>> FindWeaknesses(const Config& config);

}  // namespace skyden::server
