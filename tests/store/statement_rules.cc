// SPDX-License-Identifier: Apache-2.0
#include "tests/store/statement_rules.h"

#include <algorithm>

#include "fmt/format.h"
#include "tests/store/sql_text.h"

namespace skyden::store::testing {
namespace {

const std::set<std::string> kBannedWords = {
    "WITH",    "ATTACH",  "DETACH",        "PRAGMA",       "REPLACE", "VACUUM",
    "REINDEX", "ANALYZE", "CREATE",        "DROP",         "ALTER",   "TEMP",
    "UNION",   "EXCEPT",  "INTERSECT",     "INDEXED",      "NATURAL", "USING",
    "IGNORE",  "MAIN",    "SQLITE_SCHEMA", "SQLITE_MASTER"};

class StatementRules {
 public:
  StatementRules(const Schema& schema, const Statement& statement,
                 std::vector<std::string>& complaints)
      : schema_(schema), s_(statement), complaints_(complaints) {}

  void Check() {
    CheckWords();
    CheckDeclared();
    CheckOwnerIsSpelled();
  }

 private:
  void Complain(const std::string& what) {
    complaints_.push_back(fmt::format("{}: {}", s_.name, what));
  }

  void CheckWords() {
    const std::vector<std::string> tokens = Tokens(s_.text);
    for (size_t i = 0; i < tokens.size(); ++i) {
      const std::string& token = tokens[i];
      if (kBannedWords.contains(token)) Complain("uses " + token);
      const bool quotes = token == "[" && (i + 1 == tokens.size() || tokens[i + 1] != "]");
      if (token == ";" || token == "\"" || token == "`" || quotes) {
        Complain("uses the mark " + token);
      }
    }
    for (const std::string_view comment : {"--", "/*"}) {
      if (s_.text.find(comment) != std::string_view::npos) Complain("has a comment");
    }
  }

  void CheckDeclared() {
    for (const std::string& view : Words(s_.reads)) {
      if (s_.owner != Owner::kSystem && view.rfind("v_all_", 0) == 0) {
        Complain("reads every owner's rows");
      }
    }
    if (!s_.writes.empty() && s_.on_readers) Complain("writes and is prepared on readers");
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
    CheckConflict(text, table);
  }

  // A row that is there is written over only where its owner is part of what collides.
  void CheckConflict(const std::string& text, const Table& table) {
    constexpr std::string_view kConflict = "ON CONFLICT ";
    const size_t at = text.find(kConflict);
    if (at == std::string::npos || text.find(" DO NOTHING", at) != std::string::npos) return;
    const std::vector<std::string> key = List(text, at + kConflict.size());
    const bool by_tenant = table.has_tenant && s_.owner == Owner::kTenant;
    if (std::find(key.begin(), key.end(), by_tenant ? "tenant" : "organization") == key.end()) {
      Complain("writes over rows without asking for their owner");
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

  const Schema& schema_;
  const Statement& s_;
  std::vector<std::string>& complaints_;
};

}  // namespace

std::set<std::string> Words(std::string_view text) {
  std::set<std::string> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    words.emplace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

void CheckText(const Statement& statement, const Schema& schema,
               std::vector<std::string>& complaints) {
  StatementRules(schema, statement, complaints).Check();
}

}  // namespace skyden::store::testing
