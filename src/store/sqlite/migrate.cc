// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/migrate.h"

#include <sqlite3.h>

#include <string>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/sqlite/application_id.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/database.h"
#include "store/sqlite/self_rows.h"

namespace skyden::store::sqlite {
namespace {

absl::Status Apply(sqlite3* db, const Migration& migration, size_t number) {
  const std::string sql =
      fmt::format("BEGIN EXCLUSIVE;{}\nPRAGMA application_id = {};PRAGMA user_version = {};COMMIT;",
                  migration.sql, kApplicationId, number);
  return Execute(db, sql.c_str(), migration.name);
}

absl::Status Torn() {
  return absl::FailedPreconditionError(
      "skyden.db is torn: restore a backup and run \"skyden migrate --adopt-database\"");
}

// SQLite says that a page is not what it should be.
absl::Status TornOr(sqlite3* db, absl::Status status) {
  if (status.ok() || !absl::IsInternal(status)) return status;
  const int primary = sqlite3_errcode(db) & 0xff;
  return primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ? Torn() : status;
}

absl::Status CheckQuickly(sqlite3* db) {
  // The check answers in text: "ok", or what is wrong.
  SKYDEN_ASSIGN_OR_RETURN(
      const int64_t fine,
      QueryInt(db, "SELECT quick_check = 'ok' FROM pragma_quick_check(1)", "open"));
  return fine != 0 ? absl::OkStatus() : Torn();
}

absl::Status Prepare(sqlite3* db, const DatabaseFiles& files,
                     std::span<const Migration> migrations) {
  // A new file becomes a WAL database with the help of a rollback journal. EXTRA makes sure that
  // the journal's removal is on disk too: come back after a power cut, it would undo everything.
  SKYDEN_RETURN_IF_ERROR(Execute(db, "PRAGMA synchronous = EXTRA", "open"));
  SKYDEN_ASSIGN_OR_RETURN(const int64_t application, QueryInt(db, "PRAGMA application_id", "open"));
  SKYDEN_ASSIGN_OR_RETURN(const int64_t version, QueryInt(db, "PRAGMA user_version", "open"));
  if (application != kApplicationId && (application != 0 || version != 0)) {
    return absl::FailedPreconditionError("the database file is not one of this program");
  }
  if (version == 0 && !files.is_new()) {
    return absl::FailedPreconditionError(
        "skyden.db is empty, and its skyden.db-wal adds nothing: put both back; to begin anew, "
        "move "
        "them away");
  }
  const auto known = static_cast<int64_t>(migrations.size());
  if (version > known) {
    return absl::FailedPreconditionError(
        fmt::format("the database has schema version {}; this program knows {}", version, known));
  }
  if (files.needs_check()) SKYDEN_RETURN_IF_ERROR(CheckQuickly(db));
  SKYDEN_RETURN_IF_ERROR(Execute(db, "PRAGMA journal_mode = WAL", "open"));
  for (auto next = static_cast<size_t>(version); next < migrations.size(); ++next) {
    SKYDEN_RETURN_IF_ERROR(Apply(db, migrations[next], next + 1));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DatabaseFiles::Identity> Migrate(DatabaseFiles& files, const SqliteOptions& options,
                                                const Sealer& sealer,
                                                std::span<const Migration> migrations) {
  SKYDEN_RETURN_IF_ERROR(files.BeforeOpen());
  DatabaseFiles::Identity identity;
  {
    SKYDEN_ASSIGN_OR_RETURN(const Database db,
                            OpenDatabase(files.path(), options.vfs, Access::kWriter));
    // Guards would call functions that need a scope; a migration has none and must not need one.
    Binding slot;
    SKYDEN_RETURN_IF_ERROR(RegisterScopeFunctions(db.get(), slot));
    SKYDEN_RETURN_IF_ERROR(TornOr(db.get(), Prepare(db.get(), files, migrations)));
    slot.system = true;
    SKYDEN_ASSIGN_OR_RETURN(identity, ReadIdentity(db.get()));
    SKYDEN_RETURN_IF_ERROR(files.CheckIdentity(identity));
    SKYDEN_RETURN_IF_ERROR(CheckKeys(db.get(), sealer, options.old_keys));
    SKYDEN_RETURN_IF_ERROR(CountStart(db.get(), files, identity));
  }
  SKYDEN_RETURN_IF_ERROR(files.AfterOpen(identity));
  return identity;
}

}  // namespace skyden::store::sqlite
