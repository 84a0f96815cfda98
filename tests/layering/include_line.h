// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace skyden::layering {

struct Include {
  std::string_view name;  // between quotes or brackets; empty for any other line
  bool quoted = false;
};

Include IncludeOf(std::string_view line);

}  // namespace skyden::layering
