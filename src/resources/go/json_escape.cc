// SPDX-License-Identifier: Apache-2.0
#include "resources/go/json_escape.h"

#include <charconv>
#include <cstddef>
#include <cstdint>

#include "resources/go/unicode.h"

namespace skyden::resources {
namespace {

uint32_t HexOf(std::string_view digits) {
  uint32_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

// `at` is on the 'u' of an escape; afterwards on its last digit.
uint32_t TakeUnicodeEscape(std::string_view text, size_t& at) {
  const uint32_t first = HexOf(text.substr(at + 1, 4));
  at += 4;
  if (first < 0xD800 || first > 0xDFFF) return first;
  if (first < 0xDC00 && text.substr(at + 1, 2) == "\\u") {
    const uint32_t second = HexOf(text.substr(at + 3, 4));
    if (second >= 0xDC00 && second <= 0xDFFF) {
      at += 6;
      return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    }
  }
  return kReplacementRune;
}

char SimpleEscape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

}  // namespace

std::string UnescapeJson(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (size_t at = 0; at < raw.size(); ++at) {
    if (raw[at] != '\\') {
      out += raw[at];
    } else if (raw[++at] == 'u') {
      AppendRune(TakeUnicodeEscape(raw, at), out);
    } else {
      out += SimpleEscape(raw[at]);
    }
  }
  return out;
}

}  // namespace skyden::resources
