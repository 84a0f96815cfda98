// SPDX-License-Identifier: Apache-2.0
#include "tests/store/postgres_prover.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "fmt/format.h"
#include "store/postgres/self_check.h"
#include "tests/store/postgres_engine.h"
#include "tests/store/sql_text.h"
#include "tests/store/statement_rules.h"

namespace skyden::store::testing {
namespace {

using Complaints = std::vector<std::string>;

std::string Upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// ---------------------------------------------------------------- statements

class PlanProver {
 public:
  PlanProver(PostgresSubject& subject, const Schema& schema, const Statement& statement,
             Complaints& complaints)
      : subject_(subject), schema_(schema), s_(statement), complaints_(complaints) {}

  void Prove() {
    CheckText(s_, schema_, complaints_);
    CheckNames();
    CheckPlan();
  }

 private:
  void Complain(const std::string& what) {
    complaints_.push_back(fmt::format("{}: {}", s_.name, what));
  }

  // What follows FROM, JOIN, INTO and UPDATE is what the statement says that it touches.
  void CheckNames() {
    std::set<std::string> declared;
    for (const std::string& name : Words(s_.reads)) declared.insert(Upper(name));
    const std::string written = Upper(std::string(s_.writes));
    std::string before;
    std::set<std::string> used;
    const std::vector<std::string> tokens = Tokens(s_.text);
    for (size_t i = 0; i + 1 < tokens.size(); ++i) {
      const std::string& word = tokens[i];
      const bool reads = word == "FROM" || word == "JOIN";
      const bool writes = word == "INTO" || (word == "UPDATE" && before != "DO") ||
                          (word == "FROM" && before == "DELETE");
      before = word;
      if (!reads && !writes) continue;
      const std::string& name = tokens[i + 1];
      if (reads && (name == "UNNEST" || name == "LATERAL")) continue;  // parameters; what follows
      if (writes ? name != written : !declared.contains(name)) Complain("touches " + name);
      if (!writes) used.insert(name);
      if (i + 2 < tokens.size() && tokens[i + 2] == ",") Complain("reads a list of tables");
    }
    if (used != declared) Complain("does not read what it declares");
  }

  int Parameters() const {
    int highest = 0;
    for (size_t at = s_.text.find('$'); at != std::string_view::npos;
         at = s_.text.find('$', at + 1)) {
      highest = std::max(highest, std::atoi(std::string(s_.text.substr(at + 1, 2)).c_str()));
    }
    return highest;
  }

  // "->  Index Scan using x on resource", then "Index Cond: ((tenant = ...".
  void CheckPlan() {
    std::string nulls;
    for (int n = 0; n < Parameters(); ++n) nulls += n == 0 ? "(NULL" : ", NULL";
    if (!nulls.empty()) nulls += ")";
    std::vector<RawRow> plan;
    if (const auto error = subject_.Explain(std::string(s_.text), nulls, plan)) {
      return Complain(*error);
    }
    for (size_t i = 0; i < plan.size(); ++i) {
      const std::string& line = plan[i][0];
      if (line.find(" Scan") == std::string::npos) continue;
      if (line.find("Bitmap Heap") != std::string::npos) continue;  // its index follows
      if (line.find("Subquery Scan") != std::string::npos) continue;
      if (line.find("Function Scan") != std::string::npos) continue;  // CheckNames: of parameters
      if (s_.reach == Reach::kScan && s_.owner == Owner::kSystem) continue;
      std::string conditions;
      for (size_t next = i + 1; next < plan.size(); ++next) {
        if (plan[next][0].find(" Scan") != std::string::npos) break;
        conditions += plan[next][0];
      }
      // The system's may stand in a partial index alone.
      const bool seeks = conditions.find("Index Cond:") != std::string::npos;
      if (line.find("Index") == std::string::npos || !(seeks || s_.owner == Owner::kSystem)) {
        Complain("plan: " + line);
      } else if (s_.owner != Owner::kSystem && !ByOwner(line, conditions)) {
        Complain("plan does not ask for the owner: " + line + conditions);
      }
    }
  }

  // In the index condition, or beside one of a key that is unique over all owners.
  bool ByOwner(const std::string& line, const std::string& conditions) const {
    const auto has = [&conditions](const char* column) {
      return conditions.find(fmt::format("({0} = (current_setting('skyden.{0}'", column)) !=
             std::string::npos;
    };
    const bool by_tenant = has("tenant");
    if (s_.owner == Owner::kTenant && !IsOrganizationsOwn(line)) return by_tenant;
    return by_tenant || has("organization");
  }

  // A table of what no control plane has.
  bool IsOrganizationsOwn(const std::string& line) const {
    const size_t at = line.rfind(" on ") + 4;
    const auto table = schema_.tables.find(line.substr(at, line.find(' ', at) - at));
    return table != schema_.tables.end() && table->second.has_organization &&
           !table->second.has_tenant;
  }

  PostgresSubject& subject_;
  const Schema& schema_;
  const Statement& s_;
  Complaints& complaints_;
};

// ---------------------------------------------------------------- the database

// A condition as a set of its parts, without what a server of another version writes around them.
std::set<std::string> PartsOf(std::string text, const std::string& table) {
  for (const std::string& noise :
       {table + ".", std::string("skyden."), std::string("("), std::string(")"), std::string(";"),
        std::string("::bigint"), std::string("\n"), std::string(" ")}) {
    for (size_t at; (at = text.find(noise)) != std::string::npos;) text.erase(at, noise.size());
  }
  std::set<std::string> parts;
  for (const Span part : Parts(text, {0, text.size()}, "AND")) parts.insert(part.In(text));
  return parts;
}

// What says of a row of `table` that it is the scope's.
std::string OwnerOf(const Table& table) {
  if (!table.has_organization) return "tenant = current_tenant()";
  if (!table.has_tenant) return "organization = current_organization()";
  return "organization = current_organization() AND within_tenant(tenant)";
}

constexpr char kOfBoth[] = "tenant = current_tenant() AND organization = current_organization()";

void CheckView(const RawRow& view, const Schema& schema, Complaints& complaints) {
  const std::string& name = view[0];
  const bool all = name.rfind("v_all_", 0) == 0;
  const bool own = name.rfind("v_own_", 0) == 0;
  const auto found = schema.tables.find(name.substr(all || own ? 6 : 2));
  if (found == schema.tables.end()) return complaints.push_back(name + ": of no table");
  const Table& table = found->second;
  std::string expected = own ? kOfBoth : OwnerOf(table);
  if (all) expected = "current_system()";
  for (const Table::Column& column : table.columns) {
    const bool named = column.name == "gone" || column.name == "state";
    const bool marks = named && column.type == "INTEGER";  // a rollout's state is a word
    if (marks && !all) expected += " AND " + column.name + " = 0";
  }
  const size_t where = view[1].find("WHERE ");
  const std::string condition = where == std::string::npos ? "" : view[1].substr(where + 6);
  if (PartsOf(condition, table.name) != PartsOf(expected, table.name)) {
    complaints.push_back(fmt::format("{}: \"{}\" and not \"{}\"", name, condition, expected));
  }
  const size_t from = view[1].find("FROM ");
  const size_t end = view[1].find_first_of("\n;", from);
  if (view[1].substr(from + 5, end - from - 5) != table.name) {
    complaints.push_back(name + ": of another table than its name says");
  }
  if (view[2] != "true") complaints.push_back(name + ": asks with its owner's rights");
}

// For each command, of skyden_app: whoever it lets in, it restricts to what the columns say.
void CheckPolicies(PostgresSubject& subject, const Schema& schema, Complaints& complaints) {
  std::map<std::string, std::vector<RawRow>> policies;
  for (RawRow& row :
       subject.Ask("SELECT tablename::text, policyname::text, permissive, cmd, qual, with_check,"
                   " roles::text FROM pg_policies WHERE schemaname = 'skyden'")) {
    policies[row[0]].push_back(std::move(row));
  }
  for (const auto& [name, table] : schema.tables) {
    if (!table.is_owned()) continue;
    const std::string owner = name == "tenant_state" ? kOfBoth : OwnerOf(table);
    std::set<std::string> restricted;
    for (const RawRow& row : policies[name]) {
      if (row[6] != "{skyden_app}" || row[2] != "RESTRICTIVE") continue;
      restricted.insert(row[3]);
      const bool counts_operators = name == "assigned_role" && row[3] == "SELECT";
      for (const std::string& condition : {row[4], row[5]}) {
        if (condition == "NULL" || counts_operators) continue;  // the latter: self_check
        if (PartsOf(condition, name) == PartsOf(owner, name)) continue;
        complaints.push_back(
            fmt::format("{}.{}: \"{}\" and not \"{}\"", name, row[1], condition, owner));
      }
      const bool reads_only = row[3] == "SELECT" || row[3] == "DELETE";
      if (!reads_only && row[5] == "NULL") complaints.push_back(name + ": writes unchecked");
      if (row[3] != "INSERT" && row[4] == "NULL") complaints.push_back(name + ": reads unchecked");
    }
    if (restricted.contains("ALL")) continue;
    for (const RawRow& row : subject.Ask(fmt::format(
             "SELECT command FROM unnest('{{SELECT,INSERT,UPDATE,DELETE}}'::text[]) AS command"
             " WHERE has_table_privilege('skyden_app', 'skyden.{}', command)",
             name))) {
      if (restricted.contains(row[0])) continue;
      complaints.push_back(fmt::format("{}: {} is not restricted", name, row[0]));
    }
  }
}

void CheckKeys(PostgresSubject& subject, const Schema& schema, Complaints& complaints) {
  for (const RawRow& row : subject.Ask(
           "SELECT c.relname::text, i.indexrelid::regclass::text, a.attname::text FROM pg_index i"
           " JOIN pg_class c ON c.oid = i.indrelid"
           " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
           " WHERE c.relnamespace = 'skyden'::regnamespace UNION ALL"
           " SELECT c.relname::text, k.conname::text, a.attname::text FROM pg_constraint k"
           " JOIN pg_class c ON c.oid = k.conrelid"
           " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]"
           " WHERE c.relnamespace = 'skyden'::regnamespace AND k.contype = 'f'")) {
    const auto table = schema.tables.find(row[0]);
    if (table == schema.tables.end() || !table->second.is_owned()) continue;
    if (row[2] == "tenant" || row[2] == "organization" || IsGlobalKey(row[0], row[2])) continue;
    complaints.push_back(fmt::format("{}: key {} does not begin with its owner", row[0], row[1]));
  }
}

void CheckRoles(PostgresSubject& subject, Complaints& complaints) {
  for (const RawRow& row : subject.Ask(
           "SELECT r.rolname || ' is ' || v.name FROM pg_roles r, LATERAL (VALUES"
           " (rolsuper, 'SUPERUSER'), (rolbypassrls, 'BYPASSRLS'), (rolcreatedb, 'CREATEDB'),"
           " (rolcreaterole, 'CREATEROLE'), (rolreplication, 'REPLICATION'),"
           " (rolinherit, 'INHERIT'), (rolcanlogin AND rolname = 'skyden_owner', 'LOGIN'))"
           " AS v (holds, name) WHERE holds"
           " AND rolname IN ('skyden_owner', 'skyden_migrate', 'skyden_app', 'skyden_system')")) {
    complaints.push_back(row[0]);
  }
}

}  // namespace

Complaints ProveStatements(PostgresSubject& subject, const Schema& schema,
                           std::span<const Statement> statements) {
  Complaints complaints;
  for (const Statement& statement : statements) {
    PlanProver(subject, schema, statement, complaints).Prove();
    if (statement.many.empty()) continue;
    // A write of many rows may look at its own table, through the view of it.
    const std::string name = fmt::format("{} of many", statement.name);
    const std::string view = fmt::format("v_{}", statement.writes);
    Statement many = statement;
    many.name = name;
    many.text = statement.many;
    if (many.reads.empty() && many.text.find(view + " ") != std::string_view::npos) {
      many.reads = view;
    }
    PlanProver(subject, schema, many, complaints).Prove();
  }
  return complaints;
}

Complaints ProveDatabase(const std::string& database, PostgresSubject& subject,
                         const Schema& schema) {
  Complaints complaints;
  CheckKeys(subject, schema, complaints);
  CheckRoles(subject, complaints);
  CheckPolicies(subject, schema, complaints);
  for (const RawRow& view :
       subject.Ask("SELECT relname::text, pg_get_viewdef(oid),"
                   " coalesce(reloptions @> '{security_invoker=true}', false)::text FROM pg_class"
                   " WHERE relkind = 'v' AND relnamespace = 'skyden'::regnamespace")) {
    CheckView(view, schema, complaints);
  }
  for (const RawRow& row :
       subject.Ask("SELECT relname::text FROM pg_class WHERE relnamespace = 'skyden'::regnamespace"
                   " AND relkind = 'r' AND NOT (relrowsecurity AND relforcerowsecurity)")) {
    complaints.push_back(row[0] + ": policies do not hold for all");
  }
  const auto wire = [&](const char* role) {
    auto connected = postgres::Wire::Connect(PostgresAddress(role, database));
    INFO(connected.status());
    REQUIRE(connected.ok());
    return *std::move(connected);
  };
  const auto weaknesses =
      postgres::FindWeaknesses(*wire("skyden_app"), *wire("skyden_system"),
                               {postgres::SelfCheckScope::Durability::kNotAsked});
  if (!weaknesses.ok()) {
    complaints.push_back(weaknesses.status().ToString());
  } else {
    complaints.insert(complaints.end(), weaknesses->begin(), weaknesses->end());
  }
  return complaints;
}

}  // namespace skyden::store::testing
