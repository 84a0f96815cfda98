// SPDX-License-Identifier: Apache-2.0
// Brings the schema of a file up to date.
#pragma once

#include <span>

#include "absl/status/statusor.h"
#include "skyden/store/sealer.h"
#include "store/sqlite/database_files.h"
#include "store/sqlite/migrations.h"

namespace skyden::store::sqlite {

// Applies the migrations a file lacks, each in one transaction with its number, and has the files
// and the key looked at. FAILED_PRECONDITION when the file is a newer version's or not ours, is
// torn, or is not what was left. Answers what the database says of itself now.
absl::StatusOr<DatabaseFiles::Identity> Migrate(DatabaseFiles& files, const SqliteOptions& options,
                                                const Sealer& sealer,
                                                std::span<const Migration> migrations);

}  // namespace skyden::store::sqlite
