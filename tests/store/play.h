// SPDX-License-Identifier: Apache-2.0
// Three tenants of two organizations at work in a store (script.h), and all that they were told:
// whoever takes a fence out wants to see a difference.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "skyden/store/store.h"

namespace skyden::store::testing {

// What each tenant was told, and last what was asked when they were done.
using Told = std::vector<std::string>;

// Every sound store that is empty tells the same. With `expected` it ends at the first difference.
// Each tenant makes `steps`.
Told Play(Store& store, int steps, const Told* expected = nullptr);

// What `fn` answers, run in a process of its own: a fence that holds may end it. nullopt when it
// did, or something failed the test. For tests with one thread.
std::optional<std::string> Apart(absl::FunctionRef<std::string()> fn);

}  // namespace skyden::store::testing
