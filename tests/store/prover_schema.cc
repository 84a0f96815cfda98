// SPDX-License-Identifier: Apache-2.0
// Rows of owners (1,11), (1,12) and (2,13): two control planes of one organization, one of another.
#include "tests/store/prover_schema.h"

#include <algorithm>
#include <set>

#include "fmt/format.h"

namespace skyden::store::testing {
namespace {

struct OwnerOf {
  int64_t organization;
  int64_t tenant;
};
constexpr OwnerOf kOwn{1, 11};
constexpr OwnerOf kSibling{1, 12};
constexpr OwnerOf kForeign{2, 13};
constexpr int64_t kFresh = 99;

constexpr Binding kNobody{};
constexpr Binding kTenantBinding{1, 11, false};
constexpr Binding kOrganizationBinding{1, 0, false};
constexpr Binding kCrossed{2, 11, false};
constexpr Binding kSystemBinding{0, 0, true};

// Keys that are unique over all owners, each for a reason given in the schema.
const std::set<std::string> kDeclaredGlobalKeys = {"organization(id)", "control_plane(id)",
                                                   "token(id)",        "control_plane(gone)",
                                                   "database(name)",   "assigned_role(role)"};
// Nobody's: only a system's slot may write them, and no view leads to them.
const std::set<std::string> kUnowned = {"database"};

bool IsGuardError(const std::string& error) {
  return error == "guard" || error.find(" bound") != std::string::npos;
}

class SchemaProver {
 public:
  SchemaProver(RawDatabase& db, const Schema& schema, std::vector<std::string>& complaints)
      : db_(db), schema_(schema), complaints_(complaints) {}

  void Prove() {
    for (const auto& [name, table] : schema_.tables) {
      CheckShape(table);
      Fill(table);
    }
    for (const auto& [name, table] : schema_.tables) CheckGuards(table);
    for (const std::string& view : schema_.views) CheckView(view);
  }

 private:
  static bool IsOwned(const Table& table) { return table.has_tenant || table.has_organization; }
  static bool IsSystems(const Table& table) { return table.organization_is_key || !IsOwned(table); }
  void Complain(const std::string& what) { complaints_.push_back(what); }

  // ---------------------------------------------------------------- shape
  void CheckShape(const Table& table) {
    if (!table.strict) Complain(table.name + ": not STRICT");
    if (IsOwned(table) == kUnowned.contains(table.name)) {
      Complain(table.name + ": has no owner, or one that it should not have");
    }
    for (const RawRow& index :
         db_.Query(fmt::format("SELECT name FROM pragma_index_list('{}')", table.name))) {
      const auto first = db_.Query(
          fmt::format("SELECT name FROM pragma_index_info('{}') ORDER BY seqno LIMIT 1", index[0]));
      const std::string& column = first[0][0];
      if (column == "tenant" || column == "organization") continue;
      if (kDeclaredGlobalKeys.contains(fmt::format("{}({})", table.name, column))) continue;
      Complain(fmt::format("{}: key {} does not begin with its owner", table.name, index[0]));
    }
    for (const RawRow& key : db_.Query(fmt::format(
             "SELECT \"from\" FROM pragma_foreign_key_list('{}') WHERE seq = 0", table.name))) {
      if (key[0] != "tenant" && key[0] != "organization") {
        Complain(table.name + ": a foreign key does not begin with its owner");
      }
    }
    for (const char* operation : {"insert", "update", "delete"}) {
      if (!schema_.IsGuard(table.name + "_" + operation, table.name)) {
        Complain(fmt::format("{}: no guard on {}", table.name, operation));
      }
    }
    for (const char* prefix : {"v_", "v_all_"}) {
      const std::string view = prefix + table.name;
      const bool exists =
          std::find(schema_.views.begin(), schema_.views.end(), view) != schema_.views.end();
      // What nobody sees but in the scope of its control plane is v_own_.
      const bool own = std::find(schema_.views.begin(), schema_.views.end(),
                                 "v_own_" + table.name) != schema_.views.end();
      const bool needed = table.name == "organization" ? prefix == std::string("v_all_")
                                                       : prefix == std::string("v_") && !own;
      if (!IsOwned(table) && exists) Complain(view + ": leads to what is nobody's");
      if (needed && IsOwned(table) && !exists) Complain(table.name + ": no view " + view);
    }
  }

  // ---------------------------------------------------------------- rows
  std::string Insert(const Table& table, OwnerOf owner, const char* verb = "INSERT",
                     const std::string& rowid = "") {
    std::string columns;
    std::string values;
    const auto add = [&](const std::string& column, const std::string& value) {
      columns += (columns.empty() ? "" : ", ") + column;
      values += (values.empty() ? "" : ", ") + value;
    };
    const bool named = table.tenant_is_key || table.organization_is_key;
    if (!rowid.empty() && !named) add("rowid", rowid);
    for (const Table::Column& column : table.columns) {
      if (column.name == "place") {
        add(column.name, std::to_string(++unique_));
      } else if (column.name == "tenant") {
        add(column.name,
            !rowid.empty() && table.tenant_is_key ? rowid : std::to_string(owner.tenant));
      } else if (column.name == "organization") {
        add(column.name, std::to_string(owner.organization));
      } else if (column.type == "TEXT") {
        add(column.name, fmt::format("'x{}'", ++unique_));
      } else if (column.name == "sequence") {
        add(column.name, std::to_string(++unique_));
      } else {
        add(column.name, column.type == "BLOB" ? "x'00'" : "0");
      }
    }
    return fmt::format("{} INTO {} ({}) VALUES ({})", verb, table.name, columns, values);
  }

  void Fill(const Table& table) {
    for (const OwnerOf owner : {kOwn, kSibling, kForeign}) {
      // What has no control plane is the same organization's once more, and may have one row only.
      const bool again = owner.tenant == kSibling.tenant;
      if (again && table.has_organization && !table.has_tenant) continue;
      db_.slot() = BindingFor(table, owner);
      const std::string error = db_.Execute(Insert(table, owner));
      if (!error.empty()) Complain(fmt::format("{}: own insert fails: {}", table.name, error));
    }
    db_.slot() = kNobody;
  }

  static Binding BindingFor(const Table& table, OwnerOf owner) {
    if (IsSystems(table)) return kSystemBinding;
    if (table.tenant_is_key) return {owner.organization, 0, false};
    return {owner.organization, owner.tenant, false};
  }

  // ---------------------------------------------------------------- guards
  // `sql` must be stopped by a guard, or by a function that has no owner to name.
  void MustFail(const Binding& as, const std::string& sql) {
    db_.slot() = as;
    db_.Execute("SAVEPOINT probe");
    const std::string error = db_.Execute(sql);
    db_.Execute("ROLLBACK TO probe; RELEASE probe");
    db_.slot() = kNobody;
    if (!IsGuardError(error)) {
      Complain(fmt::format("not stopped (\"{}\") for {}/{}: {}", error, as.organization, as.tenant,
                           sql));
    }
  }

  void CheckGuards(const Table& table) {
    const std::string set = fmt::format("UPDATE {} SET ", table.name);
    const std::string& any = table.columns.back().name;
    const std::string touch = fmt::format("{} = {}", any, any);
    const std::string remove = fmt::format("DELETE FROM {}", table.name);
    for (const Binding& as : {kNobody, kSystemBinding}) {
      if (as.system && IsSystems(table)) continue;
      MustFail(as, Insert(table, kOwn));
      MustFail(as, set + touch);
      MustFail(as, remove);
    }
    if (IsSystems(table)) {  // only the system writes it
      for (const Binding& as : {kTenantBinding, kOrganizationBinding}) {
        MustFail(as, Insert(table, {kFresh, 0}));
        MustFail(as, set + touch);
        MustFail(as, remove);
      }
      return;
    }
    if (table.has_tenant) CheckTenantGuards(table, set, touch, remove);
    if (table.has_organization) CheckOrganizationGuards(table, set, touch, remove);
    if (table.has_tenant && table.has_organization) CheckCrossedGuards(table, set, touch, remove);
  }

  // A control plane's row in the name of another organization, or on the way to it.
  void CheckCrossedGuards(const Table& table, const std::string& set, const std::string& touch,
                          const std::string& remove) {
    const std::string of_own = fmt::format(" WHERE tenant = {}", kOwn.tenant);
    const std::string move = fmt::format("organization = {}", kForeign.organization);
    MustFail(kCrossed, Insert(table, kOwn));
    MustFail(kCrossed, set + touch + of_own);
    MustFail(kCrossed, set + move + of_own);
    MustFail(kCrossed, remove + of_own);
    MustFail(kTenantBinding, set + move + of_own);
  }

  void CheckTenantGuards(const Table& table, const std::string& set, const std::string& touch,
                         const std::string& remove) {
    const std::string of_sibling = fmt::format(" WHERE tenant = {}", kSibling.tenant);
    const std::string of_own = fmt::format(" WHERE tenant = {}", kOwn.tenant);
    MustFail(kTenantBinding, Insert(table, kSibling));
    MustFail(kTenantBinding, Insert(table, {kOwn.organization, kFresh}));
    MustFail(kTenantBinding, set + touch + of_sibling);
    MustFail(kTenantBinding, set + fmt::format("tenant = {}", kOwn.tenant) + of_sibling);
    MustFail(kTenantBinding, set + fmt::format("tenant = {}", kFresh) + of_own);
    MustFail(kTenantBinding, remove + of_sibling);
    if (table.tenant_is_key) {
      MustFail(kOrganizationBinding, set + fmt::format("tenant = {}", kFresh) + of_own);
    }
    if (table.has_rowid) {
      const auto rowid = db_.Query(fmt::format("SELECT rowid FROM {} {}", table.name, of_sibling));
      MustFail(table.tenant_is_key ? kTenantBinding : BindingFor(table, kOwn),
               Insert(table, kOwn, "INSERT OR REPLACE", rowid[0][0]));
    }
    if (!table.has_organization) MustFail(kOrganizationBinding, Insert(table, kOwn));
  }

  void CheckOrganizationGuards(const Table& table, const std::string& set, const std::string& touch,
                               const std::string& remove) {
    const std::string of_foreign = fmt::format(" WHERE organization = {}", kForeign.organization);
    const std::string of_own = fmt::format(" WHERE organization = {}", kOwn.organization);
    MustFail(kOrganizationBinding, Insert(table, kForeign));
    MustFail(kOrganizationBinding, set + touch + of_foreign);
    MustFail(kOrganizationBinding,
             set + fmt::format("organization = {}", kOwn.organization) + of_foreign);
    MustFail(kOrganizationBinding,
             set + fmt::format("organization = {}", kForeign.organization) + of_own);
    MustFail(kOrganizationBinding, remove + of_foreign);
    if (table.has_rowid) {
      const auto rowid = db_.Query(fmt::format("SELECT rowid FROM {} {}", table.name, of_foreign));
      MustFail(kOrganizationBinding, Insert(table, kOwn, "INSERT OR REPLACE", rowid[0][0]));
    }
  }

  // ---------------------------------------------------------------- views
  void CheckView(const std::string& view) {
    const bool all = view.rfind("v_all_", 0) == 0;
    const bool own = view.rfind("v_own_", 0) == 0;
    const Table& table = schema_.tables.at(view.substr(all || own ? 6 : 2));
    for (const Binding& as :
         {kNobody, kSystemBinding, kTenantBinding, kOrganizationBinding, kCrossed}) {
      const bool may =
          all ? as.system
              : as.organization != 0 && (as.tenant != 0 || (table.has_organization && !own));
      std::string columns;
      for (const char* c : {"organization", "tenant"}) {
        const bool has = c == std::string("tenant") ? table.has_tenant : table.has_organization;
        if (has) columns += (columns.empty() ? "" : ", ") + std::string(c);
      }
      std::string error;
      db_.slot() = as;
      const auto rows = db_.TryQuery(fmt::format("SELECT {} FROM {}", columns, view), error);
      db_.slot() = kNobody;
      if (!may) {
        if (rows.has_value()) Complain(fmt::format("{}: readable for {}", view, Name(as)));
      } else if (!rows.has_value()) {
        Complain(fmt::format("{}: not readable for {}: {}", view, Name(as), error));
      } else if (std::set<RawRow>(rows->begin(), rows->end()) != Expected(table, as)) {
        Complain(fmt::format("{}: shows the wrong rows to {}", view, Name(as)));
      }
    }
  }

  static std::string Name(const Binding& as) {
    return as.system ? "the system" : fmt::format("{}/{}", as.organization, as.tenant);
  }

  static std::set<RawRow> Expected(const Table& table, const Binding& as) {
    std::set<RawRow> rows;
    for (const OwnerOf owner : {kOwn, kSibling, kForeign}) {
      const bool organization_fits =
          !table.has_organization || as.system || owner.organization == as.organization;
      const bool tenant_fits = !table.has_tenant || as.tenant == 0 || owner.tenant == as.tenant;
      if (!organization_fits || !tenant_fits) continue;
      RawRow row;
      if (table.has_organization) row.push_back(std::to_string(owner.organization));
      if (table.has_tenant) row.push_back(std::to_string(owner.tenant));
      rows.insert(std::move(row));
    }
    return rows;
  }

  RawDatabase& db_;
  const Schema& schema_;
  std::vector<std::string>& complaints_;
  int unique_ = 0;
};

}  // namespace

Schema ReadSchema(RawDatabase& db) {
  Schema schema;
  for (const RawRow& row : db.Query(
           "SELECT name, strict, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
           " AND name NOT LIKE 'sqlite_%'")) {
    Table& table = schema.tables[row[0]];
    table.name = row[0];
    table.strict = row[1] == "1";
    table.has_rowid = row[2] == "0";
    for (const RawRow& c : db.Query(fmt::format(
             "SELECT name, type, pk, hidden FROM pragma_table_xinfo('{}')", table.name))) {
      if (c[3] != "0") continue;  // generated
      table.columns.push_back({c[0], c[1]});
      const bool is_key = c[2] != "0" && table.has_rowid;
      if (c[0] == "tenant") table.has_tenant = true, table.tenant_is_key = is_key;
      if (c[0] == "organization") table.has_organization = true, table.organization_is_key = is_key;
    }
  }
  for (const RawRow& row : db.Query("SELECT name FROM sqlite_schema WHERE type = 'view'")) {
    schema.views.push_back(row[0]);
  }
  for (const RawRow& row :
       db.Query("SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger'")) {
    schema.guards[row[0]] = row[1];
  }
  return schema;
}

void ProveSchema(RawDatabase& db, const Schema& schema, std::vector<std::string>& complaints) {
  SchemaProver(db, schema, complaints).Prove();
}

}  // namespace skyden::store::testing
