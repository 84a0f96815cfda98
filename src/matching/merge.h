// SPDX-License-Identifier: Apache-2.0
// Several confs for one peer become one.
#pragma once

#include <string_view>
#include <vector>

#include "matching/json.h"

namespace skyden::matching {

enum class ConfShape {
  kPlain,
  kByHostname,  // of routes: see policy.cc
};
ConfShape ShapeOf(std::string_view type_name);

// Merges in rising order of precedence. One result, except for routes: one for each hostname.
std::vector<Json> MergeConfs(const std::vector<const Json*>& confs, ConfShape shape);

}  // namespace skyden::matching
