// SPDX-License-Identifier: Apache-2.0
#include "tests/layering/sources.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace skyden::layering {

std::vector<Source> ReadSources(const std::string& root) {
  namespace fs = std::filesystem;
  std::vector<Source> sources;
  for (const char* top : {"src", "include"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(root) / top)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".h" && extension != ".cc") continue;
      std::ifstream in(entry.path(), std::ios::binary);
      sources.push_back({fs::relative(entry.path(), root).generic_string(),
                         {std::istreambuf_iterator<char>(in), {}}});
    }
  }
  return sources;
}

}  // namespace skyden::layering
