// SPDX-License-Identifier: Apache-2.0
#include "tests/layering/include_line.h"

#include <algorithm>

namespace skyden::layering {

Include IncludeOf(std::string_view line) {
  const auto skip_blanks = [&line] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  };
  skip_blanks();
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return {};
  line.remove_prefix(std::string_view("include").size());
  skip_blanks();
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return {};
  const char close = line[0] == '"' ? '"' : '>';
  const size_t end = line.find(close, 1);
  if (end == std::string_view::npos) return {};
  return {line.substr(1, end - 1), close == '"'};
}

}  // namespace skyden::layering
