// SPDX-License-Identifier: Apache-2.0
// Blueprints with one fence taken out. They are found in the texts, not listed by hand.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/sqlite/blueprint.h"

namespace skyden::store::testing {

struct Mutant {
  std::string what;
  bool guards_owner = false;  // a condition on the owner, a guard, or part of one
  // The changed text, and where it goes.
  std::string text;
  int statement = -1;  // index in the catalogue, or
  int migration = -1;  // index in the migrations
};

std::vector<Mutant> AllMutants(const sqlite::Blueprint& blueprint);

// Calls `fn` with the mutant's blueprint.
void WithMutant(const sqlite::Blueprint& blueprint, const Mutant& mutant,
                const std::function<void(const sqlite::Blueprint&)>& fn);

}  // namespace skyden::store::testing
