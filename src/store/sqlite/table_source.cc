// SPDX-License-Identifier: Apache-2.0
// What a table is like is asked of the database: the migrations are the one place that says it.
#include "store/sqlite/table_source.h"

#include <sqlite3.h>

#include <utility>

#include "absl/strings/numbers.h"
#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/errors.h"

namespace skyden::store::sqlite {
namespace {

// Tables are made after those that they refer to.
constexpr char kTables[] =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND ?1 = '' ORDER BY rowid";
constexpr char kColumns[] = "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid";
// The primary key, or else the narrowest that is unique.
constexpr char kPrimaryKey[] = "SELECT name FROM pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk";
constexpr char kUniqueKey[] =
    "SELECT name FROM pragma_index_info((SELECT l.name FROM pragma_index_list(?1) AS l"
    " WHERE l.origin = 'u'"
    " ORDER BY (SELECT count(*) FROM pragma_index_info(l.name)), l.seq LIMIT 1))"
    " ORDER BY seqno";
// Only tables that give a number once are listed there.
constexpr char kLastNumber[] = "SELECT CAST(seq AS TEXT) FROM sqlite_sequence WHERE name = ?1";

Param ValueOf(sqlite3_stmt* row, int column) {
  switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
      return Param::Int(sqlite3_column_int64(row, column));
    case SQLITE_TEXT:
      return Param::Text(BytesOf(row, column));
    case SQLITE_NULL:
      return Param::Null();
    default:
      return Param::Blob(BytesOf(row, column));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<TableSource>> TableSource::Open(const std::string& path) {
  SKYDEN_ASSIGN_OR_RETURN(Database db, OpenDatabase(path, "", Access::kReader));
  std::unique_ptr<TableSource> source(new TableSource(std::move(db)));
  // All of it at one point in time.
  SKYDEN_RETURN_IF_ERROR(Execute(source->db_.get(), "BEGIN", "take over"));
  SKYDEN_RETURN_IF_ERROR(source->Describe());
  return source;
}

absl::StatusOr<std::vector<std::string>> TableSource::List(const std::string& query,
                                                           const std::string& about) {
  SKYDEN_ASSIGN_OR_RETURN(const OwnedStatement statement, Prepare(db_.get(), query, "take over"));
  sqlite3_bind_text64(statement.get(), 1, about.data(), about.size(), SQLITE_STATIC, SQLITE_UTF8);
  std::vector<std::string> found;
  int rc = SQLITE_OK;
  while ((rc = sqlite3_step(statement.get())) == SQLITE_ROW) {
    found.emplace_back(BytesOf(statement.get(), 0));
  }
  if (rc != SQLITE_DONE) return ToStatus(sqlite3_extended_errcode(db_.get()), "take over");
  return found;
}

absl::Status TableSource::Describe() {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<std::string> names, List(kTables, ""));
  for (const std::string& name : names) {
    Table table;
    table.name = name;
    SKYDEN_ASSIGN_OR_RETURN(table.columns, List(kColumns, name));
    SKYDEN_ASSIGN_OR_RETURN(table.key, List(kPrimaryKey, name));
    if (table.key.empty()) {
      SKYDEN_ASSIGN_OR_RETURN(table.key, List(kUniqueKey, name));
    }
    if (table.key.empty()) return Internal(fmt::format("the table {} has no key", name));
    SKYDEN_ASSIGN_OR_RETURN(const std::vector<std::string> last, List(kLastNumber, name));
    if (!last.empty()) {
      if (!absl::SimpleAtoi(last.front(), &table.last_number)) return Internal("take over");
      table.numbered = table.key.front();
    }
    tables_.push_back(std::move(table));
  }
  return absl::OkStatus();
}

absl::Status TableSource::ForEach(const Table& table, OnTableRow on_row) {
  SKYDEN_ASSIGN_OR_RETURN(
      const OwnedStatement statement,
      Prepare(db_.get(),
              fmt::format("SELECT {} FROM {} ORDER BY {}", JoinNames(table.columns), table.name,
                          JoinNames(table.key)),
              "take over"));
  std::vector<Param> row;
  int rc = SQLITE_OK;
  while ((rc = sqlite3_step(statement.get())) == SQLITE_ROW) {
    row.clear();
    for (size_t i = 0; i < table.columns.size(); ++i) {
      row.push_back(ValueOf(statement.get(), static_cast<int>(i)));
    }
    SKYDEN_RETURN_IF_ERROR(on_row(row));
  }
  if (rc != SQLITE_DONE) return ToStatus(sqlite3_extended_errcode(db_.get()), "take over");
  return absl::OkStatus();
}

}  // namespace skyden::store::sqlite
