// SPDX-License-Identifier: Apache-2.0
// What a store says of its writes, as text, and which ways to write there are.
#pragma once

#include <set>
#include <string>

#include "skyden/store/change.h"

namespace skyden::store::testing {

// "tenant revision Mesh", "organization account:50": all that a change says but its owner's keys
// and the revision's number. Of an account's id the last two digits.
std::string Describe(const Change& change);

// The virtual functions that a class of the store's public headers declares itself.
std::set<std::string> FunctionsOf(const std::string& class_name);

}  // namespace skyden::store::testing
