// SPDX-License-Identifier: Apache-2.0
// Characters as Go's unicode and utf8 packages see them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace skyden::resources {

inline constexpr uint32_t kReplacementRune = 0xFFFD;
inline constexpr uint32_t kRuneMax = 0x10FFFF;

struct GoRune {
  uint32_t value = kReplacementRune;
  size_t bytes = 1;
  bool valid = false;
};

// The first character of non-empty `text`; one byte and not valid when it is not UTF-8.
GoRune FirstRune(std::string_view text);

// Appends U+FFFD for what is no character.
void AppendRune(uint32_t rune, std::string& out);

size_t CountRunes(std::string_view text);

// Letters, marks, numbers, punctuation, symbols and the ASCII space.
bool IsPrintableRune(uint32_t rune);

// A letter, a decimal digit or '_'.
bool IsWordRune(uint32_t rune);

// As fmt's %#U: U+00E9 'é', without the character when it cannot be printed.
std::string GoUnicode(uint32_t rune);

}  // namespace skyden::resources
