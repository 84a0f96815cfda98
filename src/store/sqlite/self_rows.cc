// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/self_rows.h"

#include <sqlite3.h>

#include <charconv>
#include <memory>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "store/errors.h"
#include "store/rows/audit_rows.h"
#include "store/rows/key_rows.h"

namespace skyden::store::sqlite {
namespace {

constexpr std::string_view kIdRow = "id";
constexpr std::string_view kStartsRow = "starts";
constexpr std::string_view kEpochRow = "epoch";
constexpr size_t kEpochBytes = 6;

absl::StatusOr<OwnedStatement> PrepareWith(sqlite3* db, const char* sql,
                                           std::initializer_list<std::string_view> values) {
  SKYDEN_ASSIGN_OR_RETURN(OwnedStatement statement, Prepare(db, sql, "open"));
  sqlite3_stmt* const raw = statement.get();
  int index = 0;
  for (const std::string_view value : values) {
    ++index;
    const auto size = static_cast<sqlite3_uint64>(value.size());
    // The first is a name, the second a value.
    if (index == 1) sqlite3_bind_text64(raw, index, value.data(), size, SQLITE_STATIC, SQLITE_UTF8);
    if (index == 2) sqlite3_bind_blob64(raw, index, value.data(), size, SQLITE_STATIC);
  }
  return statement;
}

absl::Status Change(sqlite3* db, const char* sql, std::initializer_list<std::string_view> values) {
  SKYDEN_ASSIGN_OR_RETURN(const OwnedStatement statement, PrepareWith(db, sql, values));
  const int rc = sqlite3_step(statement.get());
  return rc == SQLITE_DONE ? absl::OkStatus() : ToStatus(sqlite3_extended_errcode(db), "open");
}

absl::Status Set(sqlite3* db, std::string_view name, std::string_view value) {
  return Change(db,
                "INSERT INTO database (name, value) VALUES (?1, ?2)"
                " ON CONFLICT (name) DO UPDATE SET value = ?2",
                {name, value});
}

// All rows whose name begins with `prefix`.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> List(sqlite3* db,
                                                                      std::string_view prefix) {
  SKYDEN_ASSIGN_OR_RETURN(const OwnedStatement statement,
                          PrepareWith(db,
                                      "SELECT name, value FROM database"
                                      " WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
                                      {prefix}));
  std::vector<std::pair<std::string, std::string>> rows;
  int rc = SQLITE_ROW;
  while ((rc = sqlite3_step(statement.get())) == SQLITE_ROW) {
    rows.emplace_back(std::string(BytesOf(statement.get(), 0)),
                      std::string(BytesOf(statement.get(), 1)));
  }
  if (rc != SQLITE_DONE) return ToStatus(sqlite3_extended_errcode(db), "open");
  return rows;
}

absl::StatusOr<std::string> Get(sqlite3* db, std::string_view name) {
  SKYDEN_ASSIGN_OR_RETURN(const auto rows, List(db, name));
  return rows.empty() ? std::string() : rows.front().second;
}

// Before keys had rows: the marks of the audit are sealed as well.
absl::Status CheckMarks(sqlite3* db, const Sealer& sealer) {
  SKYDEN_ASSIGN_OR_RETURN(
      const OwnedStatement statement,
      Prepare(db, "SELECT organization, name, sealed, chain FROM audit_mark ORDER BY 1, 4, 2",
              "open"));
  int rc = SQLITE_ROW;
  while ((rc = sqlite3_step(statement.get())) == SQLITE_ROW) {
    const Binding owner{sqlite3_column_int64(statement.get(), 0), 0, false};
    const model::TenantKey chain{sqlite3_column_int64(statement.get(), 3)};
    const auto opened =
        sealer.Open(BytesOf(statement.get(), 2),
                    rows::MarkContext(owner, chain, std::string(BytesOf(statement.get(), 1))));
    if (!opened.ok()) return rows::WrongKey(base::ToStd(opened.status().message()));
  }
  return rc == SQLITE_DONE ? absl::OkStatus() : ToStatus(sqlite3_extended_errcode(db), "open");
}

}  // namespace

absl::StatusOr<DatabaseFiles::Identity> ReadIdentity(sqlite3* db) {
  DatabaseFiles::Identity identity;
  SKYDEN_ASSIGN_OR_RETURN(identity.id, Get(db, kIdRow));
  SKYDEN_ASSIGN_OR_RETURN(identity.epoch, Get(db, kEpochRow));
  SKYDEN_ASSIGN_OR_RETURN(const std::string starts, Get(db, kStartsRow));
  std::from_chars(starts.data(), starts.data() + starts.size(), identity.starts);
  return identity;
}

absl::Status CountStart(sqlite3* db, const DatabaseFiles& files,
                        DatabaseFiles::Identity& identity) {
  ++identity.starts;
  SKYDEN_RETURN_IF_ERROR(Execute(db, "BEGIN IMMEDIATE", "open"));
  if (identity.id.empty()) {
    identity.id = base::RandomUuid();
    SKYDEN_RETURN_IF_ERROR(Set(db, kIdRow, identity.id));
  }
  if (identity.epoch.empty() || files.may_have_gone_back()) {
    identity.epoch = base::HexLower(base::RandomBytes(kEpochBytes));
    SKYDEN_RETURN_IF_ERROR(Set(db, kEpochRow, identity.epoch));
  }
  SKYDEN_RETURN_IF_ERROR(Set(db, kStartsRow, std::to_string(identity.starts)));
  return Execute(db, "COMMIT", "open");
}

absl::Status CheckKeys(sqlite3* db, const Sealer& sealer, SqliteOptions::OldKeys old_keys) {
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, List(db, rows::kKeyRow));
  if (stored.empty()) SKYDEN_RETURN_IF_ERROR(CheckMarks(db, sealer));
  SKYDEN_ASSIGN_OR_RETURN(const rows::KeyRows keys, rows::CheckKeys(stored, sealer));
  if (old_keys == SqliteOptions::OldKeys::kForgotten) {
    for (const std::string& name : keys.old) {
      SKYDEN_RETURN_IF_ERROR(Change(db, "DELETE FROM database WHERE name = ?1", {name}));
    }
  }
  return keys.sealed.empty() ? absl::OkStatus() : Set(db, keys.newest, keys.sealed);
}

}  // namespace skyden::store::sqlite
