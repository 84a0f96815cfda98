// SPDX-License-Identifier: Apache-2.0
// What an answer has under a name; nothing where there is none, or another kind of value.
#pragma once

#include <string>
#include <vector>

#include "cli/json.h"

namespace skyden::cli {

std::string TextMember(const Json& object, const char* name);
// A list, and the texts in one.
Json ListIn(const Json& object, const char* name);
std::vector<std::string> WordsIn(const Json& object, const char* name);

}  // namespace skyden::cli
