// SPDX-License-Identifier: Apache-2.0
// Limits of what roles are narrowed to.
#pragma once

#include <cstddef>

namespace skyden::base::limits {

// Of the meshes and types of one role, as they are stored: they are part of a key, of which
// PostgreSQL takes 2,700 bytes.
inline constexpr size_t kNarrowingBytes = 2'000;
inline constexpr size_t kNarrowingWords = 100;  // meshes, or types

}  // namespace skyden::base::limits
