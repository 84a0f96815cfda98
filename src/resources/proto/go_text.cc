// SPDX-License-Identifier: Apache-2.0
#include "resources/proto/go_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace skyden::resources {
namespace {

constexpr uint32_t kReplacement = 0xFFFD;

struct Rune {
  uint32_t value = kReplacement;
  size_t bytes = 1;
  bool valid = false;
};

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// The first character of non-empty `text`; one byte and not valid when it is not UTF-8.
Rune FirstRune(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  size_t bytes = 0;
  uint32_t value = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    bytes = 2;
    value = lead & 0x1Fu;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    bytes = 3;
    value = lead & 0x0Fu;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    bytes = 4;
    value = lead & 0x07u;
  } else {
    return {};
  }
  if (text.size() < bytes) return {};
  for (size_t i = 1; i < bytes; ++i) {
    if (!IsContinuation(text[i])) return {};
    value = (value << 6) | (static_cast<uint8_t>(text[i]) & 0x3Fu);
  }
  const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, bytes, true};
}

// Close to Go's unicode.IsPrint: without the separators, format characters and private areas.
bool IsPrintable(uint32_t rune) {
  struct Range {
    uint32_t first, last;
  };
  static constexpr std::array<Range, 13> kUnprintable = {{
      {0x00, 0x1F},
      {0x7F, 0xA0},
      {0xAD, 0xAD},
      {0x600, 0x605},
      {0x1680, 0x1680},
      {0x180E, 0x180E},
      {0x2000, 0x200F},
      {0x2028, 0x202F},
      {0x205F, 0x206F},
      {0x3000, 0x3000},
      {0xD800, 0xF8FF},
      {0xFEFF, 0xFEFF},
      {0xFFF9, 0xFFFB},
  }};
  for (const Range& range : kUnprintable) {
    if (rune >= range.first && rune <= range.last) return false;
  }
  return (rune & 0xFFFE) != 0xFFFE && rune < 0xE0000;
}

char ShortEscape(uint32_t rune) {
  switch (rune) {
    case '\a':
      return 'a';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\v':
      return 'v';
    default:
      return 0;
  }
}

// The shortest digits that mean this integer, and zeros; to_chars would print all digits it has.
template <class Float>
std::string LargeInteger(Float value) {
  std::array<char, 64> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<size_t>(result.ptr - buffer.data()));
  const size_t e = text.find('e');
  std::string digits(text.substr(0, e));
  std::erase(digits, '.');
  size_t exponent = 0;
  std::from_chars(text.data() + e + 2, text.data() + text.size(), exponent);  // behind "e+"
  const size_t sign = digits.front() == '-' ? 1 : 0;
  digits.resize(std::max(digits.size(), exponent + 1 + sign), '0');
  return digits;
}

template <class Float>
std::string Number(Float value) {
  const Float magnitude = std::fabs(value);
  const bool exponent =
      magnitude != 0 && (magnitude < Float(1e-6) || magnitude >= static_cast<Float>(1e21));
  // From here on every number of the type is an integer, and not each integer is one.
  constexpr auto kIntegersOnly =
      static_cast<Float>(uint64_t{1} << std::numeric_limits<Float>::digits);
  if (!exponent && magnitude >= kIntegersOnly) return LargeInteger(value);
  std::array<char, 400> buffer{};
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                    exponent ? std::chars_format::scientific : std::chars_format::fixed);
  std::string text(buffer.data(), result.ptr);
  // 1e-09 is printed 1e-9; a positive exponent keeps its sign and both digits.
  if (const size_t n = text.size(); exponent && n >= 4 && text.substr(n - 4, 3) == "e-0") {
    text.erase(n - 2, 1);
  }
  return text;
}

}  // namespace

std::string GoQuote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    if (!rune.valid) {
      out += fmt::format("\\x{:02x}", static_cast<uint8_t>(text[0]));
    } else if (rune.value == '"' || rune.value == '\\') {
      out += '\\';
      out += text[0];
    } else if (IsPrintable(rune.value)) {
      out += text.substr(0, rune.bytes);
    } else if (const char escape = ShortEscape(rune.value); escape != 0) {
      out += '\\';
      out += escape;
    } else if (rune.value < 0x80) {
      out += fmt::format("\\x{:02x}", rune.value);
    } else {
      out += rune.value < 0x10000 ? fmt::format("\\u{:04x}", rune.value)
                                  : fmt::format("\\U{:08x}", rune.value);
    }
    text.remove_prefix(rune.bytes);
  }
  return out + "\"";
}

std::string GoJsonString(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    switch (rune.value) {
      case '"':
      case '\\':
        out += '\\';
        out += text[0];
        break;
      case '\b':
      case '\f':
      case '\n':
      case '\r':
      case '\t':
        out += '\\';
        out += ShortEscape(rune.value);
        break;
      case kReplacement:
        out += rune.valid ? std::string(text.substr(0, rune.bytes)) : "\\ufffd";
        break;
      default:
        if (rune.value < 0x20 || rune.value == '<' || rune.value == '>' || rune.value == '&' ||
            rune.value == 0x2028 || rune.value == 0x2029) {
          out += fmt::format("\\u{:04x}", rune.value);
        } else {
          out += text.substr(0, rune.bytes);
        }
    }
    text.remove_prefix(rune.bytes);
  }
  return out + "\"";
}

std::string GoJsonNumber(double value) { return Number(value); }
std::string GoJsonNumber(float value) { return Number(value); }

std::string ToValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    out += rune.valid ? text.substr(0, rune.bytes) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(rune.bytes);
  }
  return out;
}

}  // namespace skyden::resources
