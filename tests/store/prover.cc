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
#include "tests/store/prover_schema.h"
#include "tests/store/raw_database.h"
#include "tests/store/sql_text.h"

namespace skyden::store::testing {
namespace {

const std::set<std::string> kBannedWords = {
    "WITH",    "ATTACH",  "DETACH",        "PRAGMA",       "REPLACE", "VACUUM",
    "REINDEX", "ANALYZE", "CREATE",        "DROP",         "ALTER",   "TEMP",
    "UNION",   "EXCEPT",  "INTERSECT",     "INDEXED",      "NATURAL", "USING",
    "IGNORE",  "MAIN",    "SQLITE_SCHEMA", "SQLITE_MASTER"};
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

std::set<std::string> Words(std::string_view text) {
  std::set<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    words.emplace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

// The base table of a view is in its name: v_x, v_all_x, v_own_x.
std::string BaseOf(const std::string& view) {
  for (const std::string_view prefix : {"v_all_", "v_own_", "v_"}) {
    if (view.rfind(prefix, 0) == 0) return view.substr(prefix.size());
  }
  return "";
}

class StatementProver {
 public:
  StatementProver(RawDatabase& db, const Schema& schema, const Statement& statement,
                  std::vector<std::string>& complaints)
      : db_(db), schema_(schema), s_(statement), complaints_(complaints) {}

  void Prove() {
    CheckWords();
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
    CheckOwnerIsSpelled();
  }

 private:
  void Complain(const std::string& what) {
    complaints_.push_back(fmt::format("{}: {}", s_.name, what));
  }

  void CheckWords() {
    for (const std::string& token : Tokens(s_.text)) {
      if (kBannedWords.contains(token)) Complain("uses " + token);
      if (token == ";" || token == "\"" || token == "`" || token == "[") {
        Complain("uses the mark " + token);
      }
    }
    for (const std::string_view comment : {"--", "/*"}) {
      if (s_.text.find(comment) != std::string_view::npos) Complain("has a comment");
    }
  }

  void CheckTrace(const Trace& trace) {
    const std::set<std::string> declared = Words(s_.reads);
    std::set<std::string> used;
    for (const auto& [table, column, through] : trace.reads) {
      if (declared.contains(table)) {
        used.insert(table);
      } else if (declared.contains(through) && BaseOf(through) == table) {
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
    for (const std::string& view : declared) {
      if (s_.owner != Owner::kSystem && view.rfind("v_all_", 0) == 0) {
        Complain("reads every owner's rows");
      }
    }
    if (!s_.writes.empty() && s_.on_readers) Complain("writes and is prepared on readers");
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

  void CheckOwnerIsSpelled() {
    if (s_.writes.empty() || s_.owner == Owner::kSystem) return;
    const std::vector<std::string> tokens = Tokens(s_.text);
    if (tokens[0] == "INSERT") return CheckInsert();
    std::set<std::string> predicates;
    for (const Span condition : Conditions(s_.text)) {
      for (const Span part : Parts(s_.text, condition, " AND ")) {
        predicates.insert(part.In(s_.text));
      }
    }
    const Table& table = schema_.tables.at(std::string(s_.writes));
    if (table.has_organization && !predicates.contains("organization = current_organization()")) {
      Complain("does not name its organization");
    }
    const bool by_tenant = table.has_tenant && s_.owner == Owner::kTenant;
    if (by_tenant && !predicates.contains("tenant = current_tenant()")) {
      Complain("does not name its control plane");
    }
  }

  // The value at the place of an owner column must be the owner itself, or come from a view.
  void CheckInsert() {
    const std::string text(s_.text);
    const size_t open = text.find('(');
    const std::vector<std::string> columns = List(text, open);
    const size_t values_at = text.find(" VALUES (");
    const size_t select_at = text.find(" SELECT ");
    std::vector<std::string> values;
    if (values_at != std::string::npos) values = List(text, values_at + 8);
    if (select_at != std::string::npos) {
      const size_t from = text.find(" FROM ", select_at);
      values = List("(" + text.substr(select_at + 8, from - select_at - 8) + ")", 0);
    }
    const Table& table = schema_.tables.at(std::string(s_.writes));
    const auto value_of = [&](const std::string& column) {
      const auto at = std::find(columns.begin(), columns.end(), column) - columns.begin();
      return static_cast<size_t>(at) < values.size() ? values[static_cast<size_t>(at)]
                                                     : std::string();
    };
    const auto fits = [&](const std::string& column) {
      const std::string value = value_of(column);
      return value == "current_" + column + "()" ||
             (select_at != std::string::npos && value == column);
    };
    if (table.has_organization && !fits("organization")) Complain("inserts for no organization");
    if (table.has_tenant && s_.owner == Owner::kTenant && !fits("tenant")) {
      Complain("inserts for no control plane");
    }
  }

  // "(a, b(), c)" at `open`, split at its own commas.
  static std::vector<std::string> List(const std::string& text, size_t open) {
    std::vector<std::string> parts(1);
    int depth = 0;
    for (size_t i = open; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '(' && depth++ == 0) continue;
      if (c == ')' && --depth == 0) break;
      if (c == ',' && depth == 1) {
        parts.emplace_back();
      } else if (c != ' ') {
        parts.back() += c;
      }
    }
    return parts;
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
  const Schema schema = ReadSchema(db);
  for (const Statement& statement : blueprint.catalogue) {
    StatementProver(db, schema, statement, complaints).Prove();
  }
  for (const sqlite::ControlStatement& control : blueprint.controls) {
    ProveControl(db, control, complaints);
  }
  ProveSchema(db, schema, complaints);
  return complaints;
}

}  // namespace skyden::store::testing
