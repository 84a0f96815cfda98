// SPDX-License-Identifier: Apache-2.0
// Invariants. Never on input: input is answered with a Status.
#pragma once

#include <string_view>

// Aborts with the condition and place. For state that cannot be while the program is right.
#define SKYDEN_CHECK(condition)                        \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::skyden::base::CheckFailed(#condition, __FILE__, __LINE__))

#ifdef NDEBUG
#define SKYDEN_DCHECK(condition) static_cast<void>(sizeof(static_cast<bool>(condition)))
#else
#define SKYDEN_DCHECK(condition) SKYDEN_CHECK(condition)
#endif

namespace skyden::base {
[[noreturn]] void CheckFailed(std::string_view condition, std::string_view file, int line);
}  // namespace skyden::base
