// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace skyden::base {

void CheckFailed(std::string_view condition, std::string_view file, int line) {
  std::fprintf(stderr, "level=error event=\"check failed\" condition=\"%.*s\" at=%.*s:%d\n",
               static_cast<int>(condition.size()), condition.data(), static_cast<int>(file.size()),
               file.data(), line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace skyden::base
