// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/database.h"

#include <sqlite3.h>

#include <filesystem>
#include <mutex>

#include "fmt/format.h"
#include "store/errors.h"

namespace skyden::store::sqlite {
namespace {

// So much of a statement journal stays in memory, in pieces that the allocator does not map each
// for itself. One write of more than 128 KiB would meet a fault of the library (it takes the size
// modulo that, and what is left for a full disk).
constexpr int kStatementJournalBytes = 60 << 10;

// Without its memory statistics SQLite allocates without a global lock, which several readers feel.
// The calls are refused, and nothing is lost, when somebody used SQLite before us. Temporary files
// have no name and lie beside the first database: whoever runs us may give us no other folder.
void ConfigureLibraryOnce(const std::string& database_path) {
  static std::once_flag once;
  std::call_once(once, [&database_path] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    // No pages ahead of need: every RETURNING makes a small database of its own, which would get
    // twenty.
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, nullptr, 0, 0);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, kStatementJournalBytes);
    const std::string folder = std::filesystem::path(database_path).parent_path().string();
    if (!folder.empty()) sqlite3_temp_directory = sqlite3_mprintf("%s", folder.c_str());
  });
}

struct Switch {
  int option;
  int value;
};

constexpr Switch kSwitches[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
    {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_DQS_DML, 0},
    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 1},
    {SQLITE_DBCONFIG_ENABLE_VIEW, 1},
    {SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0},
    {SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 0},
    // A plan must not depend on bound values: preparing again is impossible once sealed.
    {SQLITE_DBCONFIG_ENABLE_QPSG, 1},
};

constexpr Switch kLimits[] = {
    {SQLITE_LIMIT_ATTACHED, 0},       {SQLITE_LIMIT_LENGTH, 32 << 20},
    {SQLITE_LIMIT_SQL_LENGTH, 65536}, {SQLITE_LIMIT_COLUMN, 64},
    {SQLITE_LIMIT_EXPR_DEPTH, 64},    {SQLITE_LIMIT_COMPOUND_SELECT, 2},
    {SQLITE_LIMIT_FUNCTION_ARG, 16},  {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64},
    {SQLITE_LIMIT_TRIGGER_DEPTH, 4},  {SQLITE_LIMIT_WORKER_THREADS, 0},
};

constexpr int kBusyMilliseconds = 5000;

// The writer's temporary files are files. In memory, the journal of a statement inside a savepoint
// is a list of small pieces that SQLite walks from its start after each statement: rows changed in
// one request would cost the square of their number.
//
// Pages of cache: the writer touches the inner pages of a few trees; readers of 10,000 control
// planes find most in the system's cache anyway.
constexpr char kWriterSettings[] =
    "PRAGMA temp_store = FILE; PRAGMA mmap_size = 0; PRAGMA cache_size = -16384;"
    "PRAGMA recursive_triggers = ON; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0;";
constexpr char kReaderSettings[] =
    "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cache_size = -4096;"
    "PRAGMA recursive_triggers = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = ON;";

}  // namespace

void CloseDatabase::operator()(sqlite3* db) const { sqlite3_close(db); }
void FinalizeStatement::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Failure Classify(int extended_code) {
  Failure failure;
  failure.code = extended_code;
  const int primary = extended_code & 0xff;
  // Growing the WAL index on a full disk has a code of its own.
  failure.disk_full = primary == SQLITE_FULL || extended_code == SQLITE_IOERR_SHMSIZE;
  failure.fatal = !failure.disk_full && (primary == SQLITE_IOERR || primary == SQLITE_CORRUPT ||
                                         primary == SQLITE_NOTADB || primary == SQLITE_AUTH);
  return failure;
}

absl::Status ToStatus(int extended_code, std::string_view what) {
  if (Classify(extended_code).disk_full) return DiskFull();
  switch (extended_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
      return RowExists("row");
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return absl::NotFoundError("a row that this one needs is not there");
    default:
      return Internal(
          fmt::format("{}: {} ({})", what, sqlite3_errstr(extended_code & 0xff), extended_code));
  }
}

absl::StatusOr<Database> OpenDatabase(const std::string& path, const std::string& vfs,
                                      Access access) {
  ConfigureLibraryOnce(path);
  const int flags = (access == Access::kReader ? SQLITE_OPEN_READONLY
                                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE;
  sqlite3* raw = nullptr;
  const int opened =
      sqlite3_open_v2(path.c_str(), &raw, flags, vfs.empty() ? nullptr : vfs.c_str());
  Database db(raw);
  if (opened != SQLITE_OK) return ToStatus(opened, "open");
  for (const Switch& s : kSwitches) {
    int now = -1;
    const int rc = sqlite3_db_config(raw, s.option, s.value, &now);
    if (rc != SQLITE_OK || now != s.value) return Internal("a connection switch did not take");
  }
  if (access == Access::kReader) {
    int now = 0;
    sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &now);
  }
  for (const Switch& limit : kLimits) sqlite3_limit(raw, limit.option, limit.value);
  sqlite3_busy_timeout(raw, kBusyMilliseconds);
  return db;
}

absl::Status ApplySettings(sqlite3* db, Access access, Durability durability) {
  if (access == Access::kReader) return Execute(db, kReaderSettings, "open");
  absl::Status status = Execute(db, kWriterSettings, "open");
  if (!status.ok()) return status;
  const bool full = durability == Durability::kFull;
  return Execute(db, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", "open");
}

absl::Status Execute(sqlite3* db, const char* sql, std::string_view what) {
  const int rc = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  return rc == SQLITE_OK ? absl::OkStatus() : ToStatus(sqlite3_extended_errcode(db), what);
}

absl::StatusOr<OwnedStatement> Prepare(sqlite3* db, const std::string& sql, std::string_view what) {
  sqlite3_stmt* raw = nullptr;
  const int rc = sqlite3_prepare_v2(db, sql.c_str(), -1, &raw, nullptr);
  OwnedStatement statement(raw);
  if (rc != SQLITE_OK) return ToStatus(sqlite3_extended_errcode(db), what);
  return statement;
}

std::string_view BytesOf(sqlite3_stmt* row, int column) {
  const void* data = sqlite3_column_blob(row, column);
  const auto size = static_cast<size_t>(sqlite3_column_bytes(row, column));
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), size};
}

absl::StatusOr<int64_t> QueryInt(sqlite3* db, const char* sql, std::string_view what) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db, sql, -1, &raw, nullptr) != SQLITE_OK) {
    return ToStatus(sqlite3_extended_errcode(db), what);
  }
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(raw,
                                                                             &sqlite3_finalize);
  if (sqlite3_step(raw) != SQLITE_ROW) return ToStatus(sqlite3_extended_errcode(db), what);
  return sqlite3_column_int64(raw, 0);
}

}  // namespace skyden::store::sqlite
