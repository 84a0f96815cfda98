// SPDX-License-Identifier: Apache-2.0
// SQLite's database for the prover: a scope is the slot, and guards stop with an error.
#pragma once

#include "tests/store/prover_schema.h"
#include "tests/store/raw_database.h"

namespace skyden::store::testing {

class SqliteSubject final : public Subject {
 public:
  explicit SqliteSubject(RawDatabase& db) : db_(db) {}

  Schema ReadSchema();
  // Keys begin with owners, every table has its guards and its view.
  void CheckShape(const Schema& schema, std::vector<std::string>& complaints);

  std::string InsertText(const Table& table, const std::string& verb, const std::string& columns,
                         const std::string& values) override;
  std::string EmptyBlob() override { return "x'00'"; }
  std::string Execute(const Binding& as, const std::string& sql) override;
  std::optional<std::vector<RawRow>> Query(const Binding& as, const std::string& sql,
                                           std::string& error) override;
  std::optional<std::string> GetsThrough(const Binding& as, const std::string& sql) override;
  bool MayBeEmpty(const std::string&) override { return false; }

 private:
  RawDatabase& db_;
};

}  // namespace skyden::store::testing
