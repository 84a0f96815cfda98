// SPDX-License-Identifier: Apache-2.0
#include "resources/go_template/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

namespace skyden::resources::go_template {
namespace {

// All precisions beyond what a double has are zeros; this bounds what is computed.
constexpr int kDigitsMax = 1100;

std::string ToChars(double value, std::chars_format format, int precision) {
  std::string buffer(static_cast<size_t>(std::max(precision, 0)) + 400, '\0');
  const auto result =
      precision < 0
          ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format)
          : std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision);
  buffer.resize(static_cast<size_t>(result.ptr - buffer.data()));
  return buffer;
}

// The shortest digits that mean `value`: d.ddd and the power of ten.
struct Scientific {
  std::string digits;
  int exponent = 0;
};
Scientific Shortest(double value) {
  const std::string text = ToChars(value, std::chars_format::scientific, -1);
  const size_t e = text.find('e');
  Scientific out{text.substr(0, e), std::atoi(text.c_str() + e + 1)};
  std::erase(out.digits, '.');
  return out;
}

std::string Fixed(double value, int precision) {
  if (precision >= 0) {
    const int known = std::min(precision, kDigitsMax);
    return ToChars(value, std::chars_format::fixed, known) +
           std::string(static_cast<size_t>(precision - known), '0');
  }
  const Scientific shortest = Shortest(value);
  const int count = static_cast<int>(shortest.digits.size());
  if (shortest.exponent < 0) {
    return "0." + std::string(static_cast<size_t>(-shortest.exponent - 1), '0') + shortest.digits;
  }
  const auto whole = static_cast<size_t>(shortest.exponent) + 1;
  if (count <= shortest.exponent + 1) {
    return shortest.digits + std::string(whole - shortest.digits.size(), '0');
  }
  return shortest.digits.substr(0, whole) + "." + shortest.digits.substr(whole);
}

std::string WithExponent(double value, int precision) {
  const int known = std::min(precision, kDigitsMax);
  std::string text = ToChars(value, std::chars_format::scientific, known);
  if (precision > known) {
    text.insert(text.find('e'), std::string(static_cast<size_t>(precision - known), '0'));
  }
  return text;
}

std::string General(double value, int precision) {
  if (precision < 0) {
    const int exponent = value == 0 ? 0 : Shortest(value).exponent;
    return exponent < -4 || exponent >= 6 ? WithExponent(value, -1) : Fixed(value, -1);
  }
  return ToChars(value, std::chars_format::general, std::clamp(precision, 1, kDigitsMax));
}

std::string Binary(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  const int exponent = static_cast<int>(bits >> 52);
  const uint64_t mantissa = exponent == 0 ? fraction : fraction | (uint64_t{1} << 52);
  return fmt::format("{}p{:+d}", mantissa, (exponent == 0 ? 1 : exponent) - 1075);
}

std::string Hexadecimal(double value, int precision) {
  std::string text = ToChars(value, std::chars_format::hex, std::min(precision, kDigitsMax));
  const size_t p = text.find('p');
  const int exponent = std::atoi(text.c_str() + p + 1);
  std::string digits = text.substr(0, p);
  if (precision > kDigitsMax) {
    digits += std::string(static_cast<size_t>(precision - kDigitsMax), '0');
  }
  return fmt::format("0x{}p{}{:02d}", digits, exponent < 0 ? '-' : '+', std::abs(exponent));
}

}  // namespace

std::string FormatFloat(double value, char verb, int precision) {
  if (std::isnan(value)) return "NaN";
  const std::string sign = std::signbit(value) ? "-" : "";
  value = std::fabs(value);
  if (std::isinf(value)) return sign.empty() ? "+Inf" : "-Inf";
  std::string text;
  switch (verb) {
    case 'b':
      text = Binary(value);
      break;
    case 'e':
    case 'E':
      text = WithExponent(value, precision);
      break;
    case 'f':
      text = Fixed(value, precision);
      break;
    case 'x':
    case 'X':
      text = Hexadecimal(value, precision);
      break;
    default:
      text = General(value, precision);
  }
  if (verb == 'E' || verb == 'G' || verb == 'X') {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
  }
  return sign + text;
}

}  // namespace skyden::resources::go_template
