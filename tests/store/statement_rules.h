// SPDX-License-Identifier: Apache-2.0
// What the text of a statement has to keep to, on every engine: words that could hide another
// statement are refused, and writes must spell their owner out.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/catalogue.h"
#include "tests/store/prover_schema.h"

namespace skyden::store::testing {

void CheckText(const Statement& statement, const Schema& schema,
               std::vector<std::string>& complaints);

// Words that blanks keep apart.
std::set<std::string> Words(std::string_view text);

}  // namespace skyden::store::testing
