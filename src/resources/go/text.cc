// SPDX-License-Identifier: Apache-2.0
#include "resources/go/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "resources/go/unicode.h"

namespace skyden::resources {
namespace {

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
    const GoRune rune = FirstRune(text);
    if (!rune.valid) {
      out += fmt::format("\\x{:02x}", static_cast<uint8_t>(text[0]));
    } else if (rune.value == '"' || rune.value == '\\') {
      out += '\\';
      out += text[0];
    } else if (IsPrintableRune(rune.value)) {
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
    const GoRune rune = FirstRune(text);
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
      case kReplacementRune:
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
    const GoRune rune = FirstRune(text);
    out += rune.valid ? text.substr(0, rune.bytes) : std::string_view("\xEF\xBF\xBD");
    text.remove_prefix(rune.bytes);
  }
  return out;
}

}  // namespace skyden::resources
