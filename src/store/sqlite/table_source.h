// SPDX-License-Identifier: Apache-2.0
// Every row of a database that nobody uses, whoever owns it: for taking it over into another one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/sqlite/database.h"
#include "store/table.h"

namespace skyden::store::sqlite {

// Thread-compatible.
class TableSource {
 public:
  // Reads only. The database must be one that this program brought up to date.
  static absl::StatusOr<std::unique_ptr<TableSource>> Open(const std::string& path);

  // In an order in which what a row refers to comes before it.
  const std::vector<Table>& tables() const { return tables_; }
  // In the order of the table's key.
  absl::Status ForEach(const Table& table, OnTableRow on_row);

 private:
  explicit TableSource(Database db) : db_(std::move(db)) {}
  absl::Status Describe();
  absl::StatusOr<std::vector<std::string>> List(const std::string& query, const std::string& about);

  Database db_;
  std::vector<Table> tables_;
};

}  // namespace skyden::store::sqlite
