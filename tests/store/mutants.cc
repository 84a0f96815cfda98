// SPDX-License-Identifier: Apache-2.0
#include "tests/store/mutants.h"

#include "fmt/format.h"

namespace skyden::store::testing {
namespace {

void AddOfText(int index, std::string_view name, std::string_view sql,
               std::vector<Mutant>& mutants) {
  for (const Span condition : Conditions(sql)) {
    for (const Span part : Parts(sql, condition, " AND ")) {
      const std::string text = part.In(sql);
      // With a parameter in it the condition stays in the text, or the parameter would have no
      // place; without, it goes.
      const bool has_parameter = text.find('$') != std::string::npos;
      const std::string by = has_parameter ? fmt::format("(1 = 1 OR {})", text) : "1 = 1";
      mutants.push_back({fmt::format("{} without \"{}\"", name, text), NamesOwner(text),
                         Replace(sql, part, by), index, -1, ""});
    }
  }
  if (sql.rfind("INSERT", 0) != 0) return;
  for (const std::string_view owner : {"current_tenant()", "current_organization()"}) {
    const size_t at = sql.find(owner);
    if (at == std::string_view::npos) continue;
    mutants.push_back({fmt::format("{} for owner 1 instead of {}", name, owner), true,
                       Replace(sql, {at, at + owner.size()}, "1"), index, -1, ""});
  }
}

}  // namespace

std::string TableOf(const std::string& view) {
  for (const std::string_view prefix : {"v_all_", "v_own_", "v_"}) {
    if (view.rfind(prefix, 0) == 0) return view.substr(prefix.size());
  }
  return "";
}

bool NamesOwner(std::string_view condition) {
  for (const std::string_view word : {"current_", "within_tenant", "tenant", "organization"}) {
    if (condition.find(word) != std::string_view::npos) return true;
  }
  return false;
}

std::vector<Mutant> StatementMutants(std::span<const Statement> catalogue, Rows rows) {
  std::vector<Mutant> mutants;
  for (size_t i = 0; i < catalogue.size(); ++i) {
    const Statement& s = catalogue[i];
    if (rows == Rows::kOne) {
      AddOfText(static_cast<int>(i), s.name, s.text, mutants);
    } else {
      AddOfText(static_cast<int>(i), fmt::format("{} of many", s.name), s.many, mutants);
    }
  }
  return mutants;
}

std::vector<Statement> Mutated(std::span<const Statement> catalogue, const Mutant& mutant,
                               Rows rows) {
  std::vector<Statement> changed(catalogue.begin(), catalogue.end());
  if (mutant.statement >= 0) {
    Statement& s = changed[static_cast<size_t>(mutant.statement)];
    (rows == Rows::kOne ? s.text : s.many) = mutant.text;
  }
  return changed;
}

void EachPiece(std::string_view sql, std::string_view start, std::string_view stop,
               absl::FunctionRef<void(Span whole, const std::string& name)> fn) {
  for (size_t at = sql.find(start); at != std::string_view::npos; at = sql.find(start, at + 1)) {
    const size_t end = sql.find(stop, at) + stop.size();
    const size_t name = at + start.size();
    fn(Span{at, end}, std::string(sql.substr(name, sql.find_first_of(" (", name) - name)));
  }
}

bool IsMadeAgain(std::span<const std::string_view> scripts, size_t index, std::string_view start,
                 const std::string& name) {
  for (const std::string_view later : scripts.subspan(index + 1)) {
    if (later.find(fmt::format("{}{} ", start, name)) != std::string_view::npos) return true;
  }
  return false;
}

std::vector<Mutant> ViewMutants(std::span<const std::string_view> scripts) {
  constexpr std::string_view kStart = "CREATE VIEW ";
  std::vector<Mutant> mutants;
  for (size_t i = 0; i < scripts.size(); ++i) {
    const std::string_view sql = scripts[i];
    EachPiece(sql, kStart, ";", [&](Span whole, const std::string& name) {
      if (IsMadeAgain(scripts, i, kStart, name)) return;
      const size_t where = sql.find("WHERE ", whole.begin) + 6;
      for (const Span part : Parts(sql, {where, whole.end - 1}, " AND ")) {
        const std::string text = part.In(sql);
        mutants.push_back({fmt::format("{} without \"{}\"", name, text), NamesOwner(text),
                           Replace(sql, part, "1 = 1"), -1, static_cast<int>(i), TableOf(name)});
      }
    });
  }
  return mutants;
}

}  // namespace skyden::store::testing
