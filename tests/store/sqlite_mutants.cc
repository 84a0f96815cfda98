// SPDX-License-Identifier: Apache-2.0
#include "tests/store/sqlite_mutants.h"

#include <cctype>
#include <iterator>

#include "fmt/format.h"

namespace skyden::store::testing {
namespace {

// Parts joined by OR over several lines, without the blanks around them.
std::vector<Span> Disjuncts(std::string_view sql, Span region) {
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

std::vector<Mutant> GuardMutants(std::span<const std::string_view> scripts) {
  constexpr std::string_view kStart = "CREATE TRIGGER ";
  std::vector<Mutant> mutants;
  for (size_t i = 0; i < scripts.size(); ++i) {
    const std::string_view sql = scripts[i];
    EachPiece(sql, kStart, "END;", [&](Span whole, const std::string& name) {
      if (IsMadeAgain(scripts, i, kStart, name)) return;
      mutants.push_back({"no " + name, true, Replace(sql, whole, ""), -1, static_cast<int>(i), ""});
      const size_t when = sql.find("WHEN ", whole.begin) + 5;
      const size_t begin = sql.find("BEGIN SELECT", when);
      for (const Span part : Disjuncts(sql, {when, begin})) {
        mutants.push_back({fmt::format("{} without \"{}\"", name, part.In(sql)), true,
                           Replace(sql, part, "1 = 0"), -1, static_cast<int>(i), ""});
      }
    });
  }
  return mutants;
}

}  // namespace

std::vector<Mutant> AllMutants(const sqlite::Blueprint& blueprint) {
  std::vector<std::string_view> scripts;
  for (const Migration& migration : blueprint.migrations) scripts.push_back(migration.sql);
  std::vector<Mutant> all = StatementMutants(blueprint.catalogue);
  for (auto& some : {GuardMutants(scripts), ViewMutants(scripts)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void WithMutant(const sqlite::Blueprint& blueprint, const Mutant& mutant,
                const std::function<void(const sqlite::Blueprint&)>& fn) {
  const std::vector<Statement> catalogue = Mutated(blueprint.catalogue, mutant);
  std::vector<Migration> migrations(blueprint.migrations.begin(), blueprint.migrations.end());
  if (mutant.script >= 0) migrations[static_cast<size_t>(mutant.script)].sql = mutant.text;
  sqlite::Blueprint changed = blueprint;
  changed.catalogue = catalogue;
  changed.migrations = migrations;
  fn(changed);
}

}  // namespace skyden::store::testing
