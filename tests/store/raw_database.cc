// SPDX-License-Identifier: Apache-2.0
#include "tests/store/raw_database.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "fmt/format.h"
#include "skyden/base/check.h"

namespace skyden::store::testing {

RawDatabase::RawDatabase(const std::string& path, std::string vfs)
    : slot_(std::make_unique<Binding>()) {
  auto opened = sqlite::OpenDatabase(path, vfs, sqlite::Access::kWriter);
  SKYDEN_CHECK(opened.ok());
  db_ = *std::move(opened);
  SKYDEN_CHECK(
      sqlite::ApplySettings(db_.get(), sqlite::Access::kWriter, sqlite::Durability::kFull).ok());
  SKYDEN_CHECK(sqlite::RegisterScopeFunctions(db_.get(), *slot_).ok());
  SKYDEN_CHECK(Execute("PRAGMA foreign_keys = OFF").empty());
}

std::string RawDatabase::Execute(const std::string& sql) {
  const int rc = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  return rc == SQLITE_OK ? std::string() : std::string(sqlite3_errmsg(db_.get()));
}

std::optional<std::vector<RawRow>> RawDatabase::TryQuery(const std::string& sql,
                                                         std::string& error) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
    error = sqlite3_errmsg(db_.get());
    return std::nullopt;
  }
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(raw,
                                                                             &sqlite3_finalize);
  std::vector<RawRow> rows;
  int rc = SQLITE_ROW;
  while ((rc = sqlite3_step(raw)) == SQLITE_ROW) {
    RawRow& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(raw); ++i) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, i));
      row.emplace_back(text == nullptr ? "NULL" : text);
    }
  }
  if (rc != SQLITE_DONE) {
    error = sqlite3_errmsg(db_.get());
    return std::nullopt;
  }
  return rows;
}

std::vector<RawRow> RawDatabase::Query(const std::string& sql) {
  std::string error;
  auto rows = TryQuery(sql, error);
  if (!rows.has_value()) {
    std::fprintf(stderr, "%s: %s\n", sql.c_str(), error.c_str());
    std::abort();
  }
  return *std::move(rows);
}

std::string RawDatabase::Apply(std::span<const Migration> migrations) {
  for (const Migration& migration : migrations) {
    std::string error = Execute(std::string(migration.sql));
    if (!error.empty()) return fmt::format("{}: {}", migration.name, error);
  }
  return {};
}

std::string Dump(const std::string& path) {
  RawDatabase db(path);
  std::string out;
  for (const RawRow& table : db.Query("SELECT name FROM sqlite_schema WHERE type = 'table'"
                                      " AND name NOT LIKE 'sqlite_%' AND name <> 'database'"
                                      " ORDER BY name")) {
    std::string columns;
    for (const RawRow& c :
         db.Query(fmt::format("SELECT name FROM pragma_table_info('{}') ORDER BY cid", table[0]))) {
      if (!columns.empty()) columns += ", ";
      const bool sealed = c[0] == "spec" || c[0] == "sealed";
      columns += sealed ? "length(" + c[0] + ")" : c[0];
    }
    out += fmt::format("# {}\n", table[0]);
    // Ordered by all columns: row order is not part of the state.
    std::string order;
    const size_t count = static_cast<size_t>(std::count(columns.begin(), columns.end(), ',')) + 1;
    for (size_t i = 1; i <= count; ++i) order += fmt::format("{}{}", i == 1 ? "" : ", ", i);
    for (const RawRow& row :
         db.Query(fmt::format("SELECT {} FROM {} ORDER BY {}", columns, table[0], order))) {
      out += fmt::format("{}\n", fmt::join(row, "|"));
    }
  }
  return out;
}

}  // namespace skyden::store::testing
