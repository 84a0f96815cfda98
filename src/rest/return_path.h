// SPDX-License-Identifier: Apache-2.0
// Where a browser goes once it is signed in.
#pragma once

#include <string>
#include <string_view>

namespace skyden::rest {

inline constexpr std::string_view kConsole = "/console/";

// `asked`, decoded as a query's value, when it is an address below /console/ that every browser
// understands as such; /console/ otherwise.
std::string ReturnPath(std::string_view asked);

}  // namespace skyden::rest
