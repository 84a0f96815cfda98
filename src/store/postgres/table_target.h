// SPDX-License-Identifier: Apache-2.0
// Every table of a database that nobody uses yet, filled whoever its rows belong to, in one
// transaction: what cuts it short leaves nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/postgres/wire.h"
#include "store/table.h"

namespace skyden::store::postgres {

// Thread-compatible. Without Commit everything is as before.
class TableTarget {
 public:
  // `conninfo`: of who may become skyden_owner. Inside the transaction the owner's tables are open
  // to it, which nobody else sees. FAILED_PRECONDITION when the schema is not this version's, or
  // its tables are not `tables`; UNAVAILABLE while a daemon serves the database; and as
  // Wire::Connect.
  static absl::StatusOr<std::unique_ptr<TableTarget>> Open(const std::string& conninfo,
                                                           const std::vector<Table>& tables);

  absl::StatusOr<bool> HasRows(const Table& table);
  absl::Status Clear(const Table& table);

  // Starts on a table; then its rows, in any order; then that they all went in.
  absl::Status Begin(const Table& table);
  absl::Status Insert(std::span<const Param> row);
  absl::Status End();

  // In the order of the table's key.
  absl::Status ForEach(const Table& table, OnTableRow on_row);

  // Fenced again, and what the planner should know of it.
  absl::Status Commit();

 private:
  explicit TableTarget(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
  absl::Status Prepare(const std::vector<Table>& tables);
  absl::Status CheckTable(const Table& table);
  absl::Status Do(const std::string& text);
  absl::StatusOr<Result> Ask(const std::string& text, std::initializer_list<Param> params = {});
  absl::Status Flush();

  const std::unique_ptr<Wire> wire_;
  std::vector<Table> tables_;
  const Table* filling_ = nullptr;
  size_t waiting_ = 0;  // rows, and bytes of them
  size_t waiting_bytes_ = 0;
};

}  // namespace skyden::store::postgres
