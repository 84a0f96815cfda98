// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace skyden::base {

// Of this program: "0.1.0".
std::string_view Version();

}  // namespace skyden::base
