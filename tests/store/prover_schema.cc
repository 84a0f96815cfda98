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

class SchemaProver {
 public:
  SchemaProver(Subject& subject, const Schema& schema, std::vector<std::string>& complaints)
      : subject_(subject), schema_(schema), complaints_(complaints) {}

  void Prove() {
    for (const auto& [name, table] : schema_.tables) Fill(table);
    for (const auto& [name, table] : schema_.tables) CheckGuards(table);
    for (const std::string& view : schema_.views) CheckView(view);
  }

 private:
  static bool IsSystems(const Table& table) {
    return table.organization_is_key || !table.is_owned();
  }
  void Complain(const std::string& what) { complaints_.push_back(what); }

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
        add(column.name, column.type == "BLOB" ? subject_.EmptyBlob() : "0");
      }
    }
    return subject_.InsertText(table, verb, columns, values);
  }

  void Fill(const Table& table) {
    for (const OwnerOf owner : {kOwn, kSibling, kForeign}) {
      // What has no control plane is the same organization's once more, and may have one row only.
      const bool again = owner.tenant == kSibling.tenant;
      if (again && table.has_organization && !table.has_tenant) continue;
      const std::string error = subject_.Execute(BindingFor(table, owner), Insert(table, owner));
      if (!error.empty()) Complain(fmt::format("{}: own insert fails: {}", table.name, error));
    }
  }

  static Binding BindingFor(const Table& table, OwnerOf owner) {
    if (IsSystems(table)) return kSystemBinding;
    if (table.tenant_is_key) return {owner.organization, 0, false};
    return {owner.organization, owner.tenant, false};
  }

  // ---------------------------------------------------------------- guards
  // `sql` must be stopped by a guard, or by a function that has no owner to name.
  void MustFail(const Binding& as, const std::string& sql) {
    if (const auto how = subject_.GetsThrough(as, sql)) {
      Complain(
          fmt::format("not stopped (\"{}\") for {}/{}: {}", *how, as.organization, as.tenant, sql));
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

  std::string RowidOf(const Table& table, const std::string& where) {
    std::string error;
    const auto rows =
        subject_.Query(kNobody, fmt::format("SELECT rowid FROM {} {}", table.name, where), error);
    return rows.has_value() && !rows->empty() ? (*rows)[0][0] : "0";
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
      const auto rowid = RowidOf(table, of_sibling);
      MustFail(table.tenant_is_key ? kTenantBinding : BindingFor(table, kOwn),
               Insert(table, kOwn, "INSERT OR REPLACE", rowid));
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
      const auto rowid = RowidOf(table, of_foreign);
      MustFail(kOrganizationBinding, Insert(table, kOwn, "INSERT OR REPLACE", rowid));
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
      const auto rows = subject_.Query(as, fmt::format("SELECT {} FROM {}", columns, view), error);
      if (!may) {
        const bool none = !rows.has_value() || (rows->empty() && subject_.MayBeEmpty(view));
        if (!none) Complain(fmt::format("{}: readable for {}", view, Name(as)));
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

  Subject& subject_;
  const Schema& schema_;
  std::vector<std::string>& complaints_;
  int unique_ = 0;
};

}  // namespace

bool IsNobodys(const std::string& table) { return kUnowned.contains(table); }

bool IsGlobalKey(const std::string& table, const std::string& column) {
  return kDeclaredGlobalKeys.contains(fmt::format("{}({})", table, column));
}

void ProveSchema(Subject& subject, const Schema& schema, std::vector<std::string>& complaints) {
  SchemaProver(subject, schema, complaints).Prove();
}

}  // namespace skyden::store::testing
