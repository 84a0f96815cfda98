// SPDX-License-Identifier: Apache-2.0
// A SQLite handle, opened the one way we open them. The only files that see sqlite3.h are those of
// this folder.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace skyden::store::sqlite {

struct CloseDatabase {
  void operator()(sqlite3* db) const;
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const;
};
using OwnedStatement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

enum class Access {
  kWriter,  // creates the file; alone may checkpoint
  kReader,  // read-only, never checkpoints
};

// What a failed call means. The primary code decides what happens next.
struct Failure {
  int code = 0;  // SQLite's extended result code
  bool disk_full = false;
  bool fatal = false;  // a failed write or fsync, a corrupt file: stop writing for good
};
Failure Classify(int extended_code);
// The status of a failed call; `what` names it for the log.
absl::Status ToStatus(int extended_code, std::string_view what);

// Opens `path` with every switch that keeps a statement from doing what it should not: defensive,
// no trusted schema, no double-quoted strings, no extensions, no ATTACH, small limits.
// `vfs` empty: the default.
absl::StatusOr<Database> OpenDatabase(const std::string& path, const std::string& vfs,
                                      Access access);

// The settings of a connection that serves: no memory maps, bounded cache, triggers that also see
// what a conflict deletes. `full`: every commit waits for the disk.
enum class Durability { kFull, kNormal };
absl::Status ApplySettings(sqlite3* db, Access access, Durability durability);

// Runs constant SQL before the connection is sealed.
absl::Status Execute(sqlite3* db, const char* sql, std::string_view what);
// A statement, for what is asked before a connection is sealed, or of one that never is.
absl::StatusOr<OwnedStatement> Prepare(sqlite3* db, const std::string& sql, std::string_view what);
// Text or blob of the current row, until the next step.
std::string_view BytesOf(sqlite3_stmt* row, int column);
// One integer.
absl::StatusOr<int64_t> QueryInt(sqlite3* db, const char* sql, std::string_view what);

}  // namespace skyden::store::sqlite
