// SPDX-License-Identifier: Apache-2.0
// Hostnames of gateways: full ones, "*.domain", and "*".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skyden::matching {

inline constexpr std::string_view kAnyHost = "*";

// Whether one of them is, or is within, the other.
bool HostsMeet(std::string_view a, std::string_view b);
// Whether `a` comes before `b` when the most exact come first.
bool IsMoreExactHost(std::string_view a, std::string_view b);

}  // namespace skyden::matching
