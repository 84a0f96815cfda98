// SPDX-License-Identifier: Apache-2.0
// The half of the prover that tries tables, views and guards: rows of several owners, and
// everything that must not work.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/session.h"

namespace skyden::store::testing {

using RawRow = std::vector<std::string>;  // NULL is "NULL"

struct Table {
  std::string name;
  bool strict = false;
  bool has_rowid = true;
  bool has_tenant = false;
  bool has_organization = false;
  bool tenant_is_key = false;  // and given by the database
  bool organization_is_key = false;
  struct Column {
    std::string name, type;  // TEXT, BLOB or a number
  };
  std::vector<Column> columns;  // those that can be written

  bool is_owned() const { return has_tenant || has_organization; }
};

struct Schema {
  std::map<std::string, Table> tables;
  std::vector<std::string> views;
  std::map<std::string, std::string> guards;  // trigger -> table

  bool IsGuard(const std::string& trigger, const std::string& table) const {
    const auto found = guards.find(trigger);
    return found != guards.end() && found->second == table;
  }
};

// Nobody's: only a system's scope may write them, and no view leads to them.
bool IsNobodys(const std::string& table);
// Keys that are unique over all owners, each for a reason given in the schema: "table(column)".
bool IsGlobalKey(const std::string& table, const std::string& column);

// A database with the schema, empty, of any engine: whom a scope is, and what stops him, is its
// own. Foreign keys are not looked after.
class Subject {
 public:
  // "INSERT INTO t (a) VALUES (1)" in its words.
  virtual std::string InsertText(const Table& table, const std::string& verb,
                                 const std::string& columns, const std::string& values) = 0;
  virtual std::string EmptyBlob() = 0;
  // The error; empty when it worked.
  virtual std::string Execute(const Binding& as, const std::string& sql) = 0;
  // Nullopt and `error` set when it fails.
  virtual std::optional<std::vector<RawRow>> Query(const Binding& as, const std::string& sql,
                                                   std::string& error) = 0;
  // Tries `sql`, takes it back, and answers how it went, unless a fence stopped it.
  virtual std::optional<std::string> GetsThrough(const Binding& as, const std::string& sql) = 0;
  // What somebody gets of a view who may see none of its rows.
  virtual bool MayBeEmpty(const std::string& view) = 0;

 protected:
  ~Subject() = default;
};

// Fills every table with rows of several owners and tries everything that must not work.
void ProveSchema(Subject& subject, const Schema& schema, std::vector<std::string>& complaints);

}  // namespace skyden::store::testing
