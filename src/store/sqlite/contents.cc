// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/contents.h"

#include <sqlite3.h>
#include <unistd.h>

#include <utility>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/sqlite/application_id.h"
#include "store/sqlite/database.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/self_rows.h"
#include "store/sqlite/table_source.h"

namespace skyden::store::sqlite {
namespace {

constexpr uint64_t kRowsPerLook = 4096;

constexpr char kAuditEnds[] =
    "SELECT o.id, iif(a.chain = 0, '', a.control_plane), a.sequence, lower(hex(a.hash))"
    " FROM (SELECT organization, chain, max(sequence) AS sequence FROM audit"
    "       GROUP BY organization, chain) AS last"
    " JOIN audit AS a ON a.organization = last.organization AND a.chain = last.chain"
    "  AND a.sequence = last.sequence"
    " JOIN organization AS o ON o.organization = a.organization"
    " ORDER BY a.organization, a.chain";

absl::Status Broken(std::string_view what) {
  return absl::DataLossError(fmt::format("the database is not whole: {}", what));
}

// What SQLite says of pages that it cannot read is the file's fault here, and nobody else's.
absl::Status OrBroken(absl::Status status) {
  return absl::IsInternal(status) ? Broken(std::string(status.message())) : status;
}

absl::StatusOr<std::string> FirstText(sqlite3* db, const char* sql) {
  SKYDEN_ASSIGN_OR_RETURN(const OwnedStatement statement, Prepare(db, sql, "inspect"));
  const int rc = sqlite3_step(statement.get());
  if (rc == SQLITE_DONE) return std::string();
  if (rc != SQLITE_ROW) return ToStatus(sqlite3_extended_errcode(db), "inspect");
  return std::string(BytesOf(statement.get(), 0));
}

absl::Status CheckWhole(sqlite3* db) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string found,
                          FirstText(db, "SELECT * FROM pragma_integrity_check(1)"));
  if (found != "ok") return Broken(found);
  SKYDEN_ASSIGN_OR_RETURN(const std::string dangling,
                          FirstText(db, "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1"));
  return dangling.empty() ? absl::OkStatus()
                          : Broken(fmt::format("rows of {} refer to none", dangling));
}

absl::Status ReadAuditEnds(sqlite3* db, DatabaseContents& contents) {
  SKYDEN_ASSIGN_OR_RETURN(const OwnedStatement statement, Prepare(db, kAuditEnds, "inspect"));
  int rc = SQLITE_ROW;
  while ((rc = sqlite3_step(statement.get())) == SQLITE_ROW) {
    sqlite3_stmt* const row = statement.get();
    contents.audit.push_back({std::string(BytesOf(row, 0)), std::string(BytesOf(row, 1)),
                              static_cast<uint64_t>(sqlite3_column_int64(row, 2)),
                              std::string(BytesOf(row, 3))});
  }
  return rc == SQLITE_DONE ? absl::OkStatus() : ToStatus(sqlite3_extended_errcode(db), "inspect");
}

absl::Status ReadSelf(const std::string& path, Pages pages, DatabaseContents& contents) {
  SKYDEN_ASSIGN_OR_RETURN(const Database db, OpenDatabase(path, "", Access::kReader));
  SKYDEN_ASSIGN_OR_RETURN(const int64_t application,
                          QueryInt(db.get(), "PRAGMA application_id", "inspect"));
  SKYDEN_ASSIGN_OR_RETURN(const int64_t version,
                          QueryInt(db.get(), "PRAGMA user_version", "inspect"));
  if (application != kApplicationId || version <= 0) {
    return absl::FailedPreconditionError("the file is no database of this program");
  }
  if (pages == Pages::kChecked) SKYDEN_RETURN_IF_ERROR(CheckWhole(db.get()));
  contents.schema = static_cast<uint64_t>(version);
  SKYDEN_ASSIGN_OR_RETURN(DatabaseFiles::Identity identity, ReadIdentity(db.get()));
  contents.database = std::move(identity.id);
  contents.epoch = std::move(identity.epoch);
  return ReadAuditEnds(db.get(), contents);
}

absl::Status ReadTables(const std::string& path, const std::function<bool()>& on_row,
                        DatabaseContents& contents) {
  SKYDEN_ASSIGN_OR_RETURN(const auto source, TableSource::Open(path));
  uint64_t rows = 0;
  for (const Table& table : source->tables()) {
    RowDigest digest;
    SKYDEN_RETURN_IF_ERROR(source->ForEach(table, [&](std::span<const Param> row) {
      digest.Add(row);
      const bool go_on = ++rows % kRowsPerLook != 0 || on_row == nullptr || on_row();
      return go_on ? absl::OkStatus() : absl::CancelledError("given up");
    }));
    contents.tables.push_back({table.name, digest.rows(), digest.hex()});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<DatabaseContents> ReadContents(const std::string& path, Pages pages,
                                              const std::function<bool()>& on_row) {
  DatabaseContents contents;
  absl::Status read = ReadSelf(path, pages, contents);
  if (read.ok()) read = ReadTables(path, on_row, contents);
  // What a reader of a database with a WAL leaves.
  for (const char* beside : {"-wal", "-shm"}) unlink((path + beside).c_str());
  if (!read.ok()) return OrBroken(read);
  return contents;
}

}  // namespace skyden::store::sqlite

namespace skyden::store {

absl::StatusOr<DatabaseContents> InspectDatabase(const std::string& path) {
  return sqlite::ReadContents(path, sqlite::Pages::kChecked, nullptr);
}

}  // namespace skyden::store
