// SPDX-License-Identifier: Apache-2.0
// The one place that says what a regular expression is to Go. RE2 in C++ is its twin but for the
// dialect: names of groups, \C, Unicode's classes, limits. Nothing is matched here.
#pragma once

#include <string>
#include <string_view>

namespace skyden::resources {

// "" when Go's regexp.Compile takes `pattern`; else what it says.
std::string WhyNotGoRegexp(std::string_view pattern);

}  // namespace skyden::resources
