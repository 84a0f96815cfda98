// SPDX-License-Identifier: Apache-2.0
#include "tests/store/sqlite_subject.h"

#include <algorithm>

#include "fmt/format.h"

namespace skyden::store::testing {
namespace {

bool IsGuardError(const std::string& error) {
  return error == "guard" || error.find(" bound") != std::string::npos;
}

void CheckTable(RawDatabase& db, const Schema& schema, const Table& table,
                std::vector<std::string>& complaints) {
  const auto complain = [&](const std::string& what) { complaints.push_back(what); };
  if (!table.strict) complain(table.name + ": not STRICT");
  if (table.is_owned() == IsNobodys(table.name)) {
    complain(table.name + ": has no owner, or one that it should not have");
  }
  for (const RawRow& index :
       db.Query(fmt::format("SELECT name FROM pragma_index_list('{}')", table.name))) {
    const auto first = db.Query(
        fmt::format("SELECT name FROM pragma_index_info('{}') ORDER BY seqno LIMIT 1", index[0]));
    const std::string& column = first[0][0];
    if (column == "tenant" || column == "organization") continue;
    if (IsGlobalKey(table.name, column)) continue;
    complain(fmt::format("{}: key {} does not begin with its owner", table.name, index[0]));
  }
  for (const RawRow& key : db.Query(fmt::format(
           "SELECT \"from\" FROM pragma_foreign_key_list('{}') WHERE seq = 0", table.name))) {
    if (key[0] != "tenant" && key[0] != "organization") {
      complain(table.name + ": a foreign key does not begin with its owner");
    }
  }
  for (const char* operation : {"insert", "update", "delete"}) {
    if (!schema.IsGuard(table.name + "_" + operation, table.name)) {
      complain(fmt::format("{}: no guard on {}", table.name, operation));
    }
  }
  for (const char* prefix : {"v_", "v_all_"}) {
    const std::string view = prefix + table.name;
    const bool exists =
        std::find(schema.views.begin(), schema.views.end(), view) != schema.views.end();
    // What nobody sees but in the scope of its control plane is v_own_.
    const bool own = std::find(schema.views.begin(), schema.views.end(), "v_own_" + table.name) !=
                     schema.views.end();
    const bool needed = table.name == "organization" ? prefix == std::string("v_all_")
                                                     : prefix == std::string("v_") && !own;
    if (!table.is_owned() && exists) complain(view + ": leads to what is nobody's");
    if (needed && table.is_owned() && !exists) complain(table.name + ": no view " + view);
  }
}

}  // namespace

Schema SqliteSubject::ReadSchema() {
  Schema schema;
  for (const RawRow& row : db_.Query(
           "SELECT name, strict, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
           " AND name NOT LIKE 'sqlite_%'")) {
    Table& table = schema.tables[row[0]];
    table.name = row[0];
    table.strict = row[1] == "1";
    table.has_rowid = row[2] == "0";
    for (const RawRow& c : db_.Query(fmt::format(
             "SELECT name, type, pk, hidden FROM pragma_table_xinfo('{}')", table.name))) {
      if (c[3] != "0") continue;  // generated
      table.columns.push_back({c[0], c[1]});
      const bool is_key = c[2] != "0" && table.has_rowid;
      if (c[0] == "tenant") table.has_tenant = true, table.tenant_is_key = is_key;
      if (c[0] == "organization") table.has_organization = true, table.organization_is_key = is_key;
    }
  }
  for (const RawRow& row : db_.Query("SELECT name FROM sqlite_schema WHERE type = 'view'")) {
    schema.views.push_back(row[0]);
  }
  for (const RawRow& row :
       db_.Query("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger'")) {
    schema.guards[row[0]] = row[1];
  }
  return schema;
}

void SqliteSubject::CheckShape(const Schema& schema, std::vector<std::string>& complaints) {
  for (const auto& [name, table] : schema.tables) CheckTable(db_, schema, table, complaints);
}

std::string SqliteSubject::InsertText(const Table& table, const std::string& verb,
                                      const std::string& columns, const std::string& values) {
  return fmt::format("{} INTO {} ({}) VALUES ({})", verb, table.name, columns, values);
}

std::string SqliteSubject::Execute(const Binding& as, const std::string& sql) {
  db_.slot() = as;
  const std::string error = db_.Execute(sql);
  db_.slot() = {};
  return error;
}

std::optional<std::vector<RawRow>> SqliteSubject::Query(const Binding& as, const std::string& sql,
                                                        std::string& error) {
  db_.slot() = as;
  auto rows = db_.TryQuery(sql, error);
  db_.slot() = {};
  return rows;
}

std::optional<std::string> SqliteSubject::GetsThrough(const Binding& as, const std::string& sql) {
  db_.slot() = as;
  db_.Execute("SAVEPOINT probe");
  const std::string error = db_.Execute(sql);
  db_.Execute("ROLLBACK TO probe; RELEASE probe");
  db_.slot() = {};
  if (IsGuardError(error)) return std::nullopt;
  return error;
}

}  // namespace skyden::store::testing
