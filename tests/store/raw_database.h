// SPDX-License-Identifier: Apache-2.0
// An unsealed connection for tests: the schema of a blueprint in memory, or a store's file.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/sqlite/connection.h"
#include "store/sqlite/migrations.h"
#include "tests/store/prover_schema.h"

namespace skyden::store::testing {

class RawDatabase {
 public:
  // `path` ":memory:" or a file. Settings are those of the writer, foreign keys off.
  explicit RawDatabase(const std::string& path, std::string vfs = "");

  sqlite3* handle() { return db_.get(); }
  // Whose functions answer; nothing bound at first.
  Binding& slot() { return *slot_; }

  // The error message; empty when it worked.
  std::string Execute(const std::string& sql);
  // Aborts the test run when the query fails: for questions to a schema that loaded.
  std::vector<RawRow> Query(const std::string& sql);
  // As Query; nullopt and `error` set when it fails.
  std::optional<std::vector<RawRow>> TryQuery(const std::string& sql, std::string& error);
  std::string Apply(std::span<const Migration> migrations);

 private:
  std::unique_ptr<Binding> slot_;
  sqlite::Database db_;
};

// Every table of a store's file, row by row, without what differs between two runs (sealed bytes).
std::string Dump(const std::string& path);

}  // namespace skyden::store::testing
