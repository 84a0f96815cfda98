// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/migrate.h"

#include <string>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/database.h"

namespace skyden::store::sqlite {
namespace {

constexpr int64_t kApplicationId = 0x534b5944;  // "SKYD"

absl::Status Apply(sqlite3* db, const Migration& migration, size_t number) {
  const std::string sql =
      fmt::format("BEGIN EXCLUSIVE;{}\nPRAGMA application_id = {};PRAGMA user_version = {};COMMIT;",
                  migration.sql, kApplicationId, number);
  return Execute(db, sql.c_str(), migration.name);
}

}  // namespace

absl::Status Migrate(const std::string& path, const std::string& vfs,
                     std::span<const Migration> migrations) {
  SKYDEN_ASSIGN_OR_RETURN(const Database db, OpenDatabase(path, vfs, Access::kWriter));
  // A new file becomes a WAL database with the help of a rollback journal. EXTRA makes sure that
  // the journal's removal is on disk too: come back after a power cut, it would undo everything.
  SKYDEN_RETURN_IF_ERROR(Execute(db.get(), "PRAGMA synchronous = EXTRA", "open"));
  SKYDEN_ASSIGN_OR_RETURN(const int64_t application,
                          QueryInt(db.get(), "PRAGMA application_id", "open"));
  SKYDEN_ASSIGN_OR_RETURN(const int64_t version, QueryInt(db.get(), "PRAGMA user_version", "open"));
  if (application != kApplicationId && (application != 0 || version != 0)) {
    return absl::FailedPreconditionError("the database file is not one of this program");
  }
  const auto known = static_cast<int64_t>(migrations.size());
  if (version > known) {
    return absl::FailedPreconditionError(
        fmt::format("the database has schema version {}; this program knows {}", version, known));
  }
  SKYDEN_RETURN_IF_ERROR(Execute(db.get(), "PRAGMA journal_mode = WAL", "open"));
  // Guards would call functions that need a scope; a migration has none and must not need one.
  const Binding none;
  SKYDEN_RETURN_IF_ERROR(RegisterScopeFunctions(db.get(), none));
  for (auto next = static_cast<size_t>(version); next < migrations.size(); ++next) {
    SKYDEN_RETURN_IF_ERROR(Apply(db.get(), migrations[next], next + 1));
  }
  return absl::OkStatus();
}

}  // namespace skyden::store::sqlite
