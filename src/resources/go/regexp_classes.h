// SPDX-License-Identifier: Apache-2.0
// Names of character classes in Go's regular expressions.
#pragma once

#include <string_view>

namespace skyden::resources {

// The X of \p{X}: a general category or its long name, or a script; in any case, with spaces,
// hyphens and underscores left out. So Go has no script whose name is of several words.
bool IsGoUnicodeClass(std::string_view name);

// The x of [:x:], with a ^ in front or without.
bool IsGoPosixClass(std::string_view name);

}  // namespace skyden::resources
