// SPDX-License-Identifier: Apache-2.0
// Statements and schemas with one fence taken out. They are found in the texts, not listed by hand.
// What every engine's have is here; what only one has: sqlite_mutants.h, postgres_mutants.h.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "store/catalogue.h"
#include "tests/store/sql_text.h"

namespace skyden::store::testing {

struct Mutant {
  std::string what;
  bool guards_owner = false;  // a condition on the owner, a guard, or part of one
  // The changed text, and where it goes.
  std::string text;
  int statement = -1;  // index in the catalogue, or
  int script = -1;     // index in the scripts that make the schema
  std::string table;   // the one that it is about; empty: more than one
};

// Which of a statement's texts: for one row, or for many (Statement::many).
enum class Rows : uint8_t { kOne, kMany };

// Without each condition of each statement, and with another owner where an INSERT spells one out.
std::vector<Mutant> StatementMutants(std::span<const Statement> catalogue, Rows rows = Rows::kOne);
// The catalogue as a mutant of a statement has it, which must outlive that.
std::vector<Statement> Mutated(std::span<const Statement> catalogue, const Mutant& mutant,
                               Rows rows = Rows::kOne);

// Without each condition of each view. What a later script makes again is its business.
std::vector<Mutant> ViewMutants(std::span<const std::string_view> scripts);

// Each piece of a script from `start` to `stop`, and the name that follows `start`.
void EachPiece(std::string_view sql, std::string_view start, std::string_view stop,
               absl::FunctionRef<void(Span whole, const std::string& name)> fn);
// Whether a script after the one with this index has `start` with this name.
bool IsMadeAgain(std::span<const std::string_view> scripts, size_t index, std::string_view start,
                 const std::string& name);
// The base table of a view is in its name: v_x, v_all_x, v_own_x.
std::string TableOf(const std::string& view);
bool NamesOwner(std::string_view condition);

}  // namespace skyden::store::testing
