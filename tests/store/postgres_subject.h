// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's database for the prover: a scope is what the transaction says it is, and policies
// and rights stop, with an error or by showing nothing.
#pragma once

#include <memory>

#include "store/postgres/wire.h"
#include "tests/store/prover_schema.h"

namespace skyden::store::testing {

// Looks and tries as who may do anything, in the name of the roles.
class PostgresSubject final : public Subject {
 public:
  explicit PostgresSubject(const std::string& database);

  // Without the journal: a note of a commit is nobody's, and everybody may add one.
  Schema ReadSchema();
  // What only policies and functions of this engine could let through, and what they must. After
  // ProveSchema, whose rows it looks for.
  void TryMore(const Schema& schema, std::vector<std::string>& complaints);
  // What a role could do beside reading and writing rows.
  void TryPowers(std::vector<std::string>& complaints);

  // The plan of a text for whatever parameters; `arguments` are as many NULLs as it has. The error,
  // when it has none.
  std::optional<std::string> Explain(const std::string& text, const std::string& arguments,
                                     std::vector<RawRow>& plan);
  // The answer's rows; fails the test when there is none.
  std::vector<RawRow> Ask(const std::string& query);

  std::string InsertText(const Table& table, const std::string& verb, const std::string& columns,
                         const std::string& values) override;
  std::string EmptyBlob() override { return "''::bytea"; }
  std::string Execute(const Binding& as, const std::string& sql) override;
  std::optional<std::vector<RawRow>> Query(const Binding& as, const std::string& sql,
                                           std::string& error) override;
  std::optional<std::string> GetsThrough(const Binding& as, const std::string& sql) override;
  // Who is not the system has no right on such a view, but on one of them.
  bool MayBeEmpty(const std::string& view) override { return view == "v_all_assigned_role"; }

 private:
  enum class Then { kStays, kIsTakenBack };
  // The last result; its message is the error's when it is one.
  postgres::Result Run(const std::string& role, const Binding& as, const std::string& sql,
                       Then then);
  std::optional<std::string> GetsThroughAs(const std::string& role, const Binding& as,
                                           const std::string& sql);
  void TryOwner(const Schema& schema, std::vector<std::string>& complaints);
  void TryReads(const Schema& schema, std::vector<std::string>& complaints);
  void TryNeeds(const Schema& schema, std::vector<std::string>& complaints);
  void TrySystem(std::vector<std::string>& complaints);
  void TryOperators(std::vector<std::string>& complaints);
  void TryFunctions(std::vector<std::string>& complaints);

  const std::string database_;
  std::unique_ptr<postgres::Wire> wire_;
};

}  // namespace skyden::store::testing
