// SPDX-License-Identifier: Apache-2.0
// Bridges between std::string_view and Debian's abseil, whose string_view is its own type.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace skyden::base {

inline absl::string_view ToAbsl(std::string_view s) { return {s.data(), s.size()}; }
inline std::string_view ToStd(absl::string_view s) { return {s.data(), s.size()}; }

// For maps keyed by std::string that are searched with a string_view:
// absl::flat_hash_map<std::string, V, StringHash, std::equal_to<>>.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
};

// RFC 3339 with nanoseconds trimmed as Go does ("2026-01-02T03:04:05.123456789Z").
// (Declared here because every edge prints times.)
}  // namespace skyden::base
