// SPDX-License-Identifier: Apache-2.0
// Proves of a blueprint that its statements, views and guards keep owners apart, without running
// the store. What it looks at, it finds by itself: every statement of the catalogue, every table,
// view and trigger of the schema.
#pragma once

#include <string>
#include <vector>

#include "store/sqlite/blueprint.h"

namespace skyden::store::testing {

// What is wrong; empty when all is proved.
std::vector<std::string> Prove(const sqlite::Blueprint& blueprint);

}  // namespace skyden::store::testing
