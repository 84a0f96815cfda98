// SPDX-License-Identifier: Apache-2.0
// Blueprints of SQLite's engine with one fence taken out (mutants.h).
#pragma once

#include <functional>
#include <vector>

#include "store/sqlite/blueprint.h"
#include "tests/store/mutants.h"

namespace skyden::store::testing {

// Of statements, views and guards.
std::vector<Mutant> AllMutants(const sqlite::Blueprint& blueprint);

// Calls `fn` with the mutant's blueprint.
void WithMutant(const sqlite::Blueprint& blueprint, const Mutant& mutant,
                const std::function<void(const sqlite::Blueprint&)>& fn);

}  // namespace skyden::store::testing
