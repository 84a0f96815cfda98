// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/visible.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "skyden/base/utf8.h"

namespace skyden::base {
namespace {

struct Range {
  uint32_t first, last;
};
// None needs more than four digits.
constexpr std::array kHidden = {
    Range{0x0000, 0x001f}, Range{0x007f, 0x009f},  // C0, DEL and C1
    Range{0x061c, 0x061c}, Range{0x200e, 0x200f},  // marks of direction
    Range{0x2028, 0x202e},                         // line separators; embeddings and overrides
    Range{0x2066, 0x2069},                         // isolates
};

bool IsHidden(uint32_t character) {
  return std::any_of(kHidden.begin(), kHidden.end(), [&](const Range& range) {
    return range.first <= character && character <= range.last;
  });
}

uint32_t ValueOf(std::string_view character) {
  const auto lead = static_cast<uint8_t>(character.front());
  if (character.size() == 1) return lead;
  uint32_t value = lead & (0x7fu >> character.size());
  for (const char c : character.substr(1)) value = value << 6 | (static_cast<uint8_t>(c) & 0x3fu);
  return value;
}

void AppendVisible(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::string_view character = text.substr(0, std::max<size_t>(Utf8LengthOf(text[0]), 1));
    if (!IsValidUtf8(character)) {
      out += fmt::format("\\x{:02x}", static_cast<uint8_t>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    if (const uint32_t value = ValueOf(character); IsHidden(value)) {
      out += fmt::format("\\u{:04x}", value);
    } else {
      out += character;
    }
    text.remove_prefix(character.size());
  }
}

}  // namespace

std::string Visible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  AppendVisible(out, text);
  return out;
}

std::string VisibleLines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (;;) {
    const size_t end = text.find('\n');
    AppendVisible(out, text.substr(0, end));
    if (end == std::string_view::npos) return out;
    out += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace skyden::base
