// SPDX-License-Identifier: Apache-2.0
// The owner's tables keep the owner out too (FORCE ROW LEVEL SECURITY). That is lifted inside the
// transaction, which holds the tables alone, and put back before it ends.
#include "store/postgres/table_target.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "skyden/base/status.h"
#include "store/errors.h"
#include "store/postgres/controls.h"
#include "store/postgres/failure.h"
#include "store/postgres/opening.h"
#include "store/postgres/row.h"

namespace skyden::store::postgres {
namespace {

constexpr char kWhat[] = "take over";
constexpr char kInsert[] = "insert";
constexpr size_t kRowsAtOnce = 256;
constexpr size_t kBytesAtOnce = 1 << 20;

// What this engine keeps for itself.
constexpr char kTables[] =
    "SELECT relname::text FROM pg_catalog.pg_class"
    " WHERE relnamespace = 'skyden'::pg_catalog.regnamespace AND relkind = 'r'"
    " AND relname NOT IN ('daemon', 'journal', 'opening', 'schema_version') ORDER BY relname";
constexpr char kColumns[] =
    "SELECT attname::text FROM pg_catalog.pg_attribute"
    " WHERE attrelid = ('skyden.' || $1)::pg_catalog.regclass AND attnum > 0"
    " AND NOT attisdropped AND attgenerated = '' ORDER BY attname";

absl::Status OtherSchema(const std::string& where) {
  return absl::FailedPreconditionError(fmt::format(
      "the schemas of the two databases differ ({}): bring both up to date with \"skyden migrate\"",
      where));
}

std::vector<std::string> Texts(const PGresult* result) {
  std::vector<std::string> texts;
  for (int n = 0; n < PQntuples(result); ++n) texts.push_back(ResultRow(result, n).String(0));
  return texts;
}

std::string InsertText(const Table& table) {
  std::string places;
  for (size_t n = 1; n <= table.columns.size(); ++n) {
    places += fmt::format("{}${}", n == 1 ? "" : ", ", n);
  }
  return fmt::format("INSERT INTO skyden.{} ({}) OVERRIDING SYSTEM VALUE VALUES ({})", table.name,
                     JoinNames(table.columns), places);
}

Param ValueOf(const PGresult* result, int row, int column) {
  constexpr Oid kInt8 = 20;
  constexpr Oid kText = 25;
  const ResultRow values(result, row);
  if (values.IsNull(column)) return Param::Null();
  if (PQftype(result, column) == kInt8) return Param::Int(values.Int(column));
  return PQftype(result, column) == kText ? Param::Text(values.Bytes(column))
                                          : Param::Blob(values.Bytes(column));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TableTarget>> TableTarget::Open(const std::string& conninfo,
                                                               const std::vector<Table>& tables) {
  SKYDEN_ASSIGN_OR_RETURN(auto wire, Wire::Connect({conninfo, "", kSilenceOfLongWork}));
  std::unique_ptr<TableTarget> target(new TableTarget(std::move(wire)));
  SKYDEN_RETURN_IF_ERROR(target->Prepare(tables));
  return target;
}

absl::Status TableTarget::Prepare(const std::vector<Table>& tables) {
  SKYDEN_RETURN_IF_ERROR(Do("BEGIN"));
  SKYDEN_ASSIGN_OR_RETURN(const Result made,
                          Ask("SELECT pg_catalog.to_regrole('skyden_owner') IS NOT NULL"));
  // Says so when there is no schema either.
  if (ResultRow(made.get(), 0).Int(0) != 1) return CheckSchemaVersion(*wire_);
  const absl::StatusOr<Result> owner = Ask("SET LOCAL ROLE skyden_owner");
  if (!owner.ok()) {
    if (wire_->lost()) return owner.status();
    return absl::PermissionDeniedError(
        "who takes a database over must be able to become "
        "skyden_owner, as skyden_migrate is");
  }
  SKYDEN_RETURN_IF_ERROR(CheckSchemaVersion(*wire_));
  SKYDEN_ASSIGN_OR_RETURN(const Result alone,
                          Ask("SELECT pg_catalog.pg_try_advisory_xact_lock($1)::int::bigint",
                              {Param::Int(kDaemonLock)}));
  if (ResultRow(alone.get(), 0).Int(0) != 1) {
    return absl::UnavailableError("a daemon serves the database that would be filled: stop it");
  }
  SKYDEN_ASSIGN_OR_RETURN(const Result there, Ask(kTables));
  std::vector<std::string> names;
  for (const Table& table : tables) names.push_back(table.name);
  std::sort(names.begin(), names.end());
  if (Texts(there.get()) != names) return OtherSchema("tables");
  for (const Table& table : tables) SKYDEN_RETURN_IF_ERROR(CheckTable(table));
  tables_ = tables;
  return absl::OkStatus();
}

absl::Status TableTarget::CheckTable(const Table& table) {
  SKYDEN_ASSIGN_OR_RETURN(const Result there, Ask(kColumns, {Param::Text(table.name)}));
  std::vector<std::string> columns = table.columns;
  std::sort(columns.begin(), columns.end());
  if (Texts(there.get()) != columns) return OtherSchema(table.name);
  return Do(fmt::format("ALTER TABLE skyden.{} NO FORCE ROW LEVEL SECURITY", table.name));
}

absl::StatusOr<Result> TableTarget::Ask(const std::string& text,
                                        std::initializer_list<Param> params) {
  SKYDEN_ASSIGN_OR_RETURN(Result result, wire_->Ask(text.c_str(), params));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return result;
  return ToStatus(result.get(), kWhat);
}

absl::Status TableTarget::Do(const std::string& text) { return Ask(text).status(); }

absl::StatusOr<bool> TableTarget::HasRows(const Table& table) {
  SKYDEN_ASSIGN_OR_RETURN(
      const Result found,
      Ask(fmt::format("SELECT EXISTS (SELECT FROM skyden.{})::int::bigint", table.name)));
  return ResultRow(found.get(), 0).Int(0) == 1;
}

absl::Status TableTarget::Clear(const Table& table) {
  return Do(fmt::format("DELETE FROM skyden.{}", table.name));
}

absl::Status TableTarget::Begin(const Table& table) {
  filling_ = &table;
  wire_->SendPrepare(kInsert, InsertText(table).c_str());
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<Result> results, wire_->Finish());
  const PGresult* prepared = results.front().get();
  return PQresultStatus(prepared) == PGRES_COMMAND_OK ? absl::OkStatus()
                                                      : ToStatus(prepared, kWhat);
}

absl::Status TableTarget::Insert(std::span<const Param> row) {
  wire_->Send(kInsert, row);
  ++waiting_;
  for (const Param& value : row) waiting_bytes_ += value.bytes().size();
  return waiting_ < kRowsAtOnce && waiting_bytes_ < kBytesAtOnce ? absl::OkStatus() : Flush();
}

absl::Status TableTarget::Flush() {
  if (std::exchange(waiting_, 0) == 0) return absl::OkStatus();
  waiting_bytes_ = 0;
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<Result> results, wire_->Finish());
  for (const Result& result : results) {
    if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) continue;
    return ToStatus(result.get(), fmt::format("{} {}", kWhat, filling_->name));
  }
  return absl::OkStatus();
}

absl::Status TableTarget::End() {
  SKYDEN_RETURN_IF_ERROR(Flush());
  SKYDEN_RETURN_IF_ERROR(Do(fmt::format("DEALLOCATE {}", kInsert)));
  const Table& table = *std::exchange(filling_, nullptr);
  if (table.numbered.empty()) return absl::OkStatus();
  return Ask("SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence($1, $2), $3)",
             {Param::Text("skyden." + table.name), Param::Text(table.numbered),
              Param::Int(table.last_number)})
      .status();
}

absl::Status TableTarget::ForEach(const Table& table, OnTableRow on_row) {
  SKYDEN_RETURN_IF_ERROR(Do(
      fmt::format("DECLARE stored BINARY NO SCROLL CURSOR FOR SELECT {} FROM skyden.{} ORDER BY {}",
                  JoinNames(table.columns), table.name, JoinNames(table.key))));
  std::vector<Param> row;
  for (;;) {
    SKYDEN_ASSIGN_OR_RETURN(const Result some,
                            Ask(fmt::format("FETCH {} FROM stored", kRowsAtOnce)));
    const int count = PQntuples(some.get());
    if (count == 0) break;
    for (int n = 0; n < count; ++n) {
      row.clear();
      for (int column = 0; column < PQnfields(some.get()); ++column) {
        row.push_back(ValueOf(some.get(), n, column));
      }
      SKYDEN_RETURN_IF_ERROR(on_row(row));
    }
  }
  return Do("CLOSE stored");
}

absl::Status TableTarget::Commit() {
  for (const Table& table : tables_) {
    SKYDEN_RETURN_IF_ERROR(
        Do(fmt::format("ALTER TABLE skyden.{} FORCE ROW LEVEL SECURITY", table.name)));
    SKYDEN_RETURN_IF_ERROR(Do(fmt::format("ANALYZE skyden.{}", table.name)));
  }
  wire_->TakeWarning();
  SKYDEN_RETURN_IF_ERROR(Do("COMMIT"));
  if (!wire_->TakeWarning()) return absl::OkStatus();
  return absl::UnavailableError(
      "the server did not wait for its standby: run this again, it looks for what is there");
}

}  // namespace skyden::store::postgres
