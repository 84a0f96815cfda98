// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace skyden::rest {

// The version of Kuma whose API this is; clients compare it with their own.
inline constexpr std::string_view kKumaVersion = "2.14.3";

}  // namespace skyden::rest
