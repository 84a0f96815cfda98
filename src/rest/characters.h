// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace skyden::rest {

inline bool IsOneOf(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

}  // namespace skyden::rest
