// SPDX-License-Identifier: Apache-2.0
// PostgreSQL's schema and roles with one fence taken out (mutants.h).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/store/mutants.h"

namespace skyden::store::testing {

// The scripts that make the schema, in order.
std::vector<std::string_view> PostgresScripts();

// Without each policy, each condition of one, its being restrictive and for one command only; each
// table not under policies, or its owner not; views that ask with their owner's rights; functions
// that are not there, or that say what they should not.
std::vector<Mutant> FenceMutants(std::span<const std::string_view> scripts);

struct RoleMutant {
  std::string what;
  std::string weaken;
  std::string mend;
};
// Each attribute that the roles are made without, given to each role.
std::vector<RoleMutant> RoleMutants();

// Makes the schema in an empty database, one script as the mutant has it. The error, when it cannot
// be made.
std::string MakeSchema(const std::string& database, const Mutant* mutant);

}  // namespace skyden::store::testing
