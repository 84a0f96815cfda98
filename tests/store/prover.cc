// SPDX-License-Identifier: Apache-2.0
// Statements: words that could hide another statement are refused; while a statement is prepared an
// authorizer writes down what it touches, and through which view; the query plan must reach every
// table by its owner; writes must spell their owner out; the first column returned is the owner.
// What begins and ends transactions runs for nobody, and so must touch nothing: it is one of a few
// texts, and says nothing to the authorizer but that.
#include "tests/store/prover.h"

#include <algorithm>
#include <map>
#include <set>

#include "fmt/format.h"
#include "tests/store/mutants.h"
#include "tests/store/prover_schema.h"
#include "tests/store/raw_database.h"
#include "tests/store/sqlite_subject.h"
#include "tests/store/statement_rules.h"

namespace skyden::store::testing {
namespace {

const std::set<std::string> kControls = {
    "BEGIN",           "BEGIN IMMEDIATE",    "COMMIT", "ROLLBACK", "SAVEPOINT request",
    "RELEASE request", "ROLLBACK TO request"};
const std::set<std::string> kFunctions = {"current_tenant",
                                          "current_organization",
                                          "current_system",
                                          "within_tenant",
                                          "sum",
                                          "count",
                                          "coalesce",
                                          "nullif",
                                          "length"};

// What preparing one statement touched.
struct Trace {
  struct Read {
    std::string table, column, through;
  };
  std::vector<Read> reads;
  std::set<std::string> writes;
  std::set<std::string> functions;
  std::vector<int> others;
};

int Note(void* out, int action, const char* a, const char* b, const char*, const char* through) {
  auto& trace = *static_cast<Trace*>(out);
  const auto text = [](const char* s) { return std::string(s == nullptr ? "" : s); };
  switch (action) {
    case SQLITE_READ:
      trace.reads.push_back({text(a), text(b), text(through)});
      break;
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
      trace.writes.insert(text(a));
      break;
    case SQLITE_FUNCTION:
      trace.functions.insert(text(b));
      break;
    case SQLITE_SELECT:
      break;
    default:
      trace.others.push_back(action);
  }
  return SQLITE_OK;
}

class StatementProver {
 public:
  StatementProver(RawDatabase& db, const Schema& schema, const Statement& statement,
                  std::vector<std::string>& complaints)
      : db_(db), schema_(schema), s_(statement), complaints_(complaints) {}

  void Prove() {
    CheckText(s_, schema_, complaints_);
    Trace trace;
    sqlite3_set_authorizer(db_.handle(), &Note, &trace);
    sqlite3_stmt* raw = nullptr;
    const int rc = sqlite3_prepare_v2(db_.handle(), s_.text.data(),
                                      static_cast<int>(s_.text.size()), &raw, nullptr);
    sqlite3_set_authorizer(db_.handle(), nullptr, nullptr);
    const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(raw,
                                                                               &sqlite3_finalize);
    if (rc != SQLITE_OK) return Complain(sqlite3_errmsg(db_.handle()));
    CheckTrace(trace);
    CheckFirstColumn(raw);
    CheckPlan();
  }

 private:
  void Complain(const std::string& what) {
    complaints_.push_back(fmt::format("{}: {}", s_.name, what));
  }

  void CheckTrace(const Trace& trace) {
    const std::set<std::string> declared = Words(s_.reads);
    std::set<std::string> used;
    for (const auto& [table, column, through] : trace.reads) {
      if (declared.contains(table)) {
        used.insert(table);
      } else if (declared.contains(through) && TableOf(through) == table) {
        used.insert(through);
      } else if (table == s_.writes && (through.empty() || schema_.IsGuard(through, table))) {
        continue;
      } else {
        Complain(fmt::format("reads {}.{} through \"{}\"", table, column, through));
      }
    }
    if (used != declared) Complain("does not read what it declares");
    const std::set<std::string> writes =
        s_.writes.empty() ? std::set<std::string>() : std::set<std::string>{std::string(s_.writes)};
    if (trace.writes != writes) Complain("does not write what it declares");
    for (const std::string& f : trace.functions) {
      if (!kFunctions.contains(f)) Complain("calls " + f);
    }
    if (!trace.others.empty()) Complain(fmt::format("does something else: {}", trace.others[0]));
  }

  void CheckFirstColumn(sqlite3_stmt* raw) {
    if (sqlite3_column_count(raw) == 0 || s_.owner == Owner::kSystem) return;
    const std::string expected = s_.owner == Owner::kTenant ? "tenant" : "organization";
    const char* origin = sqlite3_column_origin_name(raw, 0);
    if (sqlite3_column_name(raw, 0) != expected || (origin != nullptr && origin != expected)) {
      Complain("does not return its owner first");
    }
  }

  // "SEARCH resource USING INDEX x (tenant=? AND type=?)"
  void CheckPlan() {
    std::string error;
    const auto plan = db_.TryQuery(fmt::format("EXPLAIN QUERY PLAN {}", s_.text), error);
    if (!plan.has_value()) return Complain(error);
    for (const RawRow& row : *plan) {
      const std::string& line = row[3];
      if (line.rfind("SCAN CONSTANT ROW", 0) == 0) continue;
      if (line.rfind("SCALAR SUBQUERY", 0) == 0) continue;  // its own lines follow
      if (s_.reach == Reach::kScan && s_.owner == Owner::kSystem) continue;
      if (line.rfind("SEARCH ", 0) != 0) {
        Complain("plan: " + line);
      } else if (s_.owner != Owner::kSystem && !ReachedByOwner(line)) {
        Complain("plan does not start from the owner: " + line);
      } else if (ByZone() && line.find("resource_by_zone") == std::string::npos &&
                 line.find("account_by_zone") == std::string::npos) {
        Complain("does not reach a zone's rows by the zone: " + line);
      }
    }
  }

  bool ByZone() const {
    return s_.text.find(" zone = $") != std::string_view::npos && IsCondition();
  }
  bool IsCondition() const {
    return s_.text.find("WHERE") != std::string_view::npos &&
           s_.text.find(" zone = $") > s_.text.find("WHERE");
  }

  bool ReachedByOwner(const std::string& line) const {
    if (ReachedByTenantAsRowid(line) || ReachedByOrganizationAsRowid(line)) return true;
    const bool tenant_first = line.find("(tenant=?") != std::string::npos;
    if (s_.owner == Owner::kTenant && !IsOrganizationsOwn(line)) {
      return tenant_first || line.find("(organization=? AND tenant=?") != std::string::npos;
    }
    return tenant_first || line.find("(organization=?") != std::string::npos;
  }

  // A table of what no control plane has.
  bool IsOrganizationsOwn(const std::string& line) const {
    const std::string name = line.substr(7, line.find(' ', 7) - 7);  // after "SEARCH "
    const auto table = schema_.tables.find(name);
    return table != schema_.tables.end() && table->second.has_organization &&
           !table->second.has_tenant;
  }

  // A control plane's rowid is its tenant.
  bool ReachedByTenantAsRowid(const std::string& line) const {
    return s_.owner == Owner::kTenant && line.find("control_plane") != std::string::npos &&
           line.find("USING INTEGER PRIMARY KEY (rowid=?)") != std::string::npos;
  }

  // An organization's rowid is its key.
  bool ReachedByOrganizationAsRowid(const std::string& line) const {
    return s_.owner == Owner::kOrganization && line.rfind("SEARCH organization ", 0) == 0 &&
           line.find("USING INTEGER PRIMARY KEY (rowid=?)") != std::string::npos;
  }

  RawDatabase& db_;
  const Schema& schema_;
  const Statement& s_;
  std::vector<std::string>& complaints_;
};

// Nobody is bound while these run.
void ProveControl(RawDatabase& db, const sqlite::ControlStatement& control,
                  std::vector<std::string>& complaints) {
  const auto complain = [&](const std::string& what) {
    complaints.push_back(fmt::format("{}: {}", control.name, what));
  };
  if (!kControls.contains(std::string(control.text))) complain("is not a known control statement");
  Trace trace;
  sqlite3_set_authorizer(db.handle(), &Note, &trace);
  sqlite3_stmt* raw = nullptr;
  const int rc = sqlite3_prepare_v2(db.handle(), control.text.data(),
                                    static_cast<int>(control.text.size()), &raw, nullptr);
  sqlite3_set_authorizer(db.handle(), nullptr, nullptr);
  if (rc != SQLITE_OK) complain(sqlite3_errmsg(db.handle()));
  if (sqlite3_column_count(raw) > 0) complain("returns rows");
  sqlite3_finalize(raw);
  const bool touches = !trace.reads.empty() || !trace.writes.empty() || !trace.functions.empty();
  const bool other = std::any_of(trace.others.begin(), trace.others.end(), [](int action) {
    return action != SQLITE_TRANSACTION && action != SQLITE_SAVEPOINT;
  });
  if (touches || other) complain("does more than begin or end a transaction");
}

}  // namespace

std::vector<std::string> Prove(const sqlite::Blueprint& blueprint) {
  std::vector<std::string> complaints;
  RawDatabase db(":memory:");
  if (std::string error = db.Apply(blueprint.migrations); !error.empty()) return {error};
  SqliteSubject subject(db);
  const Schema schema = subject.ReadSchema();
  for (const Statement& statement : blueprint.catalogue) {
    StatementProver(db, schema, statement, complaints).Prove();
  }
  for (const sqlite::ControlStatement& control : blueprint.controls) {
    ProveControl(db, control, complaints);
  }
  subject.CheckShape(schema, complaints);
  ProveSchema(subject, schema, complaints);
  return complaints;
}

}  // namespace skyden::store::testing
