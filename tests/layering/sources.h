// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace skyden::layering {

struct Source {
  std::string path;  // below the root: "src/kds/core.cc"
  std::string text;
};

// Every header and source under `root`/src and `root`/include.
std::vector<Source> ReadSources(const std::string& root);

}  // namespace skyden::layering
