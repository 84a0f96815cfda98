// SPDX-License-Identifier: Apache-2.0
// Floats as Go's strconv prints them.
#pragma once

#include <string>

namespace skyden::resources::go_template {

// `verb` is one of e E f g G b x X; `precision` below 0: as many digits as it needs.
std::string FormatFloat(double value, char verb, int precision);

}  // namespace skyden::resources::go_template
