// SPDX-License-Identifier: Apache-2.0
#include "tests/store/mutants.h"

#include <cctype>

#include "fmt/format.h"
#include "tests/store/sql_text.h"

namespace skyden::store::testing {
namespace {

bool NamesOwner(std::string_view condition) {
  for (const std::string_view word : {"current_", "within_tenant", "tenant", "organization"}) {
    if (condition.find(word) != std::string_view::npos) return true;
  }
  return false;
}

class Finder {
 public:
  std::vector<Mutant> Take() { return std::move(mutants_); }

  void Statement(int index, const store::Statement& s) {
    for (const Span condition : Conditions(s.text)) {
      for (const Span part : Parts(s.text, condition, " AND ")) {
        const std::string text = part.In(s.text);
        // With a parameter in it the condition stays in the text, or the parameter would have no
        // place; without, it goes.
        const bool has_parameter = text.find('$') != std::string::npos;
        const std::string by = has_parameter ? fmt::format("(1 = 1 OR {})", text) : "1 = 1";
        Add(fmt::format("{} without \"{}\"", s.name, text), NamesOwner(text),
            Replace(s.text, part, by), index, -1);
      }
    }
    if (s.text.rfind("INSERT", 0) != 0) return;
    for (const std::string_view owner : {"current_tenant()", "current_organization()"}) {
      const size_t at = s.text.find(owner);
      if (at == std::string_view::npos) continue;
      Add(fmt::format("{} for owner 1 instead of {}", s.name, owner), true,
          Replace(s.text, {at, at + owner.size()}, "1"), index, -1);
    }
  }

  // What a later step makes again is its business: `later` is their text.
  void Migration(int index, std::string_view sql, std::string_view later) {
    const auto is_made_again = [later](std::string_view what, const std::string& name) {
      return later.find(fmt::format("{}{} ", what, name)) != std::string_view::npos;
    };
    Each(sql, "CREATE TRIGGER ", "END;", [&](Span whole, const std::string& name) {
      if (is_made_again("CREATE TRIGGER ", name)) return;
      Add("no " + name, true, Replace(sql, whole, ""), -1, index);
      const size_t when = sql.find("WHEN ", whole.begin) + 5;
      const size_t begin = sql.find("BEGIN SELECT", when);
      const std::vector<Span> parts = Disjuncts(sql, {when, begin});
      for (const Span part : parts) {
        Add(fmt::format("{} without \"{}\"", name, part.In(sql)), true, Replace(sql, part, "1 = 0"),
            -1, index);
      }
    });
    Each(sql, "CREATE VIEW ", ";", [&](Span whole, const std::string& name) {
      if (is_made_again("CREATE VIEW ", name)) return;
      const size_t where = sql.find("WHERE ", whole.begin) + 6;
      for (const Span part : Parts(sql, {where, whole.end - 1}, " AND ")) {
        Add(fmt::format("{} without \"{}\"", name, part.In(sql)), NamesOwner(part.In(sql)),
            Replace(sql, part, "1 = 1"), -1, index);
      }
    });
  }

 private:
  // Parts joined by OR over several lines, without the blanks around them.
  static std::vector<Span> Disjuncts(std::string_view sql, Span region) {
    std::vector<Span> parts;
    for (Span part : Parts(sql, region, " OR ")) {
      while (part.begin < part.end && std::isspace(static_cast<unsigned char>(sql[part.begin]))) {
        ++part.begin;
      }
      while (part.end > part.begin && std::isspace(static_cast<unsigned char>(sql[part.end - 1]))) {
        --part.end;
      }
      parts.push_back(part);
    }
    return parts;
  }

  template <class Fn>
  static void Each(std::string_view sql, std::string_view start, std::string_view stop, Fn fn) {
    for (size_t at = sql.find(start); at != std::string_view::npos; at = sql.find(start, at + 1)) {
      const size_t end = sql.find(stop, at) + stop.size();
      const size_t name = at + start.size();
      fn(Span{at, end}, std::string(sql.substr(name, sql.find(' ', name) - name)));
    }
  }

  void Add(std::string what, bool guards_owner, std::string text, int statement, int migration) {
    mutants_.push_back({std::move(what), guards_owner, std::move(text), statement, migration});
  }

  std::vector<Mutant> mutants_;
};

}  // namespace

std::vector<Mutant> AllMutants(const sqlite::Blueprint& blueprint) {
  Finder finder;
  for (size_t i = 0; i < blueprint.catalogue.size(); ++i) {
    finder.Statement(static_cast<int>(i), blueprint.catalogue[i]);
  }
  for (size_t i = 0; i < blueprint.migrations.size(); ++i) {
    std::string later;
    for (size_t j = i + 1; j < blueprint.migrations.size(); ++j) {
      later += blueprint.migrations[j].sql;
    }
    finder.Migration(static_cast<int>(i), blueprint.migrations[i].sql, later);
  }
  return finder.Take();
}

void WithMutant(const sqlite::Blueprint& blueprint, const Mutant& mutant,
                const std::function<void(const sqlite::Blueprint&)>& fn) {
  std::vector<Statement> catalogue(blueprint.catalogue.begin(), blueprint.catalogue.end());
  std::vector<Migration> migrations(blueprint.migrations.begin(), blueprint.migrations.end());
  if (mutant.statement >= 0) catalogue[static_cast<size_t>(mutant.statement)].text = mutant.text;
  if (mutant.migration >= 0) migrations[static_cast<size_t>(mutant.migration)].sql = mutant.text;
  sqlite::Blueprint changed = blueprint;
  changed.catalogue = catalogue;
  changed.migrations = migrations;
  fn(changed);
}

}  // namespace skyden::store::testing
