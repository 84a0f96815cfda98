// SPDX-License-Identifier: Apache-2.0
// Files that need each other. A header and its source are one unit, whether the header is public or
// not; a knot is a set of units of which each includes each other, directly or by way of others.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace skyden::layering {

using Units = std::map<std::string, std::set<std::string>>;  // to the units that one includes

// Of everything under `root`/src and `root`/include: "kds/core", "resources/json/value".
Units ReadUnits(const std::string& root);

// Each sorted, the largest first; units that are in no knot are not among them.
std::vector<std::vector<std::string>> FindKnots(const Units& units);

}  // namespace skyden::layering
