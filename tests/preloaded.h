// SPDX-License-Identifier: Apache-2.0
// For libraries that are loaded before all others (skyden_preloaded).
#pragma once

#include <dlfcn.h>

#include <cstring>

namespace skyden {

// The function of this name, mangled, in the next library. Of each library its own: which is next
// depends on who asks.
template <class Function>
static Function* Next(const char* name) {
  void* const found = dlsym(RTLD_NEXT, name);
  Function* function = nullptr;
  static_assert(sizeof found == sizeof function);
  std::memcpy(&function, &found, sizeof found);
  return function;
}

}  // namespace skyden
