// SPDX-License-Identifier: Apache-2.0
// For errors about a word that is none of those that are known: which of them was meant?
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skyden::base {

// "did you mean \"serve\"?" when a word is near, and "the nearest is \"serve\"" when none is.
// Empty when none is known. Words are compared without regard to case, and up to a length.
std::string NearestWord(std::string_view word, const std::vector<std::string>& known);

// "" when `word` is one of `known`; else a text that names it, all that are known and the nearest.
std::string NotOneOf(std::string_view word, const std::vector<std::string>& known);

}  // namespace skyden::base
