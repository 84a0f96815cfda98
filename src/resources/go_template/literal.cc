// SPDX-License-Identifier: Apache-2.0
// A number may be an integer in base 2, 8, 10 or 16, or a decimal or hexadecimal float, each with
// underscores between digits. The lexer takes more than that; what fits none is refused here.
#include "resources/go_template/literal.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "resources/go/text.h"
#include "resources/go/unicode.h"
#include "skyden/base/status.h"

namespace skyden::resources::go_template {
namespace {

absl::Status InvalidSyntax() { return absl::InvalidArgumentError("invalid syntax"); }

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// A character of a quoted literal, and whether it stands for a byte.
struct Unquoted {
  uint32_t rune = 0;
  bool is_byte = false;
};

std::optional<uint32_t> TakeDigits(std::string_view& rest, size_t count, unsigned base) {
  if (rest.size() < count) return std::nullopt;
  uint32_t value = 0;
  for (size_t i = 0; i < count; ++i) {
    const int digit = DigitOf(rest[i]);
    if (digit >= static_cast<int>(base)) return std::nullopt;
    value = value * base + static_cast<uint32_t>(digit);
  }
  rest.remove_prefix(count);
  return value;
}

std::optional<Unquoted> TakeEscape(std::string_view& rest, char quote) {
  if (rest.empty()) return std::nullopt;
  const char c = rest.front();
  if (c >= '0' && c <= '7') {
    const auto value = TakeDigits(rest, 3, 8);
    if (!value || *value > 255) return std::nullopt;
    return Unquoted{*value, true};
  }
  rest.remove_prefix(1);
  if (c == 'x' || c == 'u' || c == 'U') {
    const auto value = TakeDigits(rest, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16);
    if (!value) return std::nullopt;
    if (c == 'x') return Unquoted{*value, true};
    if (*value > kRuneMax || (*value >= 0xD800 && *value <= 0xDFFF)) return std::nullopt;
    return Unquoted{*value, false};
  }
  constexpr std::string_view kLetters = "abfnrtv\\";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
  if (const size_t at = kLetters.find(c); at != std::string_view::npos) {
    return Unquoted{static_cast<uint32_t>(kMeanings[at]), false};
  }
  if ((c == '\'' || c == '"') && c == quote) return Unquoted{static_cast<uint32_t>(c), false};
  return std::nullopt;
}

std::optional<Unquoted> TakeCharacter(std::string_view& rest, char quote) {
  if (rest.empty() || rest.front() == quote) return std::nullopt;
  if (rest.front() == '\\') {
    rest.remove_prefix(1);
    return TakeEscape(rest, quote);
  }
  const GoRune rune = FirstRune(rest);
  rest.remove_prefix(rune.bytes);
  return Unquoted{rune.value, false};
}

absl::StatusOr<Number> CharConstant(const std::string& literal) {
  std::string_view rest = std::string_view(literal).substr(1);
  const auto character = TakeCharacter(rest, '\'');
  if (!character) return InvalidSyntax();
  if (rest != "'") {
    return absl::InvalidArgumentError("malformed character constant: " + literal);
  }
  return Number{static_cast<int64_t>(character->rune)};
}

bool HasGoodUnderscores(std::string_view text) {
  char before = '^';
  size_t i = 0;
  bool hex = false;
  if (text.size() >= 2 && text[0] == '0' && std::string_view("box").find(Lower(text[1])) < 3) {
    before = '0';
    hex = Lower(text[1]) == 'x';
    i = 2;
  }
  for (; i < text.size(); ++i) {
    const bool digit = DigitOf(text[i]) < (hex ? 16 : 10);
    if (text[i] == '_' ? before != '0' : before == '_' && !digit) return false;
    before = digit ? '0' : text[i] == '_' ? '_' : '!';
  }
  return before != '_';
}

// A sign, and the rest without underscores; nullopt when these stand where they must not.
struct Signed {
  bool negative = false;
  std::string digits;
};
std::optional<Signed> WithoutUnderscores(std::string_view text) {
  Signed out;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    out.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (!HasGoodUnderscores(text)) return std::nullopt;
  for (const char c : text) {
    if (c != '_') out.digits += c;
  }
  return out;
}

std::optional<uint64_t> UnsignedOf(std::string_view digits) {
  int base = 10;
  if (digits.size() >= 2 && digits[0] == '0') {
    const char prefix = Lower(digits[1]);
    base = prefix == 'b' ? 2 : prefix == 'x' ? 16 : 8;
    digits.remove_prefix(prefix == 'b' || prefix == 'o' || prefix == 'x' ? 2 : 1);
  }
  uint64_t value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<double> FloatOf(std::string_view text) {
  const auto split = WithoutUnderscores(text);
  if (!split || split->digits.empty()) return std::nullopt;
  std::string_view digits = split->digits;
  std::chars_format format = std::chars_format::general;
  if (digits.size() > 2 && digits[0] == '0' && Lower(digits[1]) == 'x') {
    if (digits.find_first_of("pP") == std::string_view::npos) return std::nullopt;
    format = std::chars_format::hex;
    digits.remove_prefix(2);
  }
  if (std::string_view("in-+").find(Lower(digits[0])) < 4) return std::nullopt;
  double value = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, format);
  if (parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  if (parsed.ec == std::errc::result_out_of_range) {
    // Too small is 0, too large is none.
    const size_t exponent = digits.find_first_of(format == std::chars_format::hex ? "pP" : "eE");
    const bool small = exponent != std::string_view::npos && digits[exponent + 1] == '-';
    if (!small) return std::nullopt;
    value = 0;
  } else if (parsed.ec != std::errc()) {
    return std::nullopt;
  }
  return split->negative ? -value : value;
}

std::optional<Number> IntegerOf(std::string_view text) {
  const bool has_sign = text[0] == '-' || text[0] == '+';
  const auto split = WithoutUnderscores(text);
  if (!split) return std::nullopt;
  const auto magnitude = UnsignedOf(split->digits);
  if (!magnitude) return std::nullopt;
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (split->negative) {
    if (*magnitude > kMax + 1) return std::nullopt;
    return Number{static_cast<int64_t>(uint64_t{0} - *magnitude)};
  }
  if (*magnitude <= kMax) return Number{static_cast<int64_t>(*magnitude)};
  if (has_sign) return std::nullopt;
  return Number{static_cast<double>(*magnitude), true};
}

absl::StatusOr<Number> Complex(const std::string& text) {
  const size_t middle = text.find_first_of("+-", 1);
  for (size_t at = middle; at != std::string::npos; at = text.find_first_of("+-", at + 1)) {
    const auto real = FloatOf(std::string_view(text).substr(0, at));
    const auto imaginary = FloatOf(std::string_view(text).substr(at, text.size() - at - 1));
    if (real && imaginary) return Number{std::complex<double>(*real, *imaginary)};
  }
  return absl::InvalidArgumentError("syntax error scanning complex number");
}

bool LooksLikeFloat(std::string_view text) {
  const bool hex_integer = text.size() > 2 && text[0] == '0' && Lower(text[1]) == 'x' &&
                           text.find_first_of("pP") == std::string_view::npos;
  return !hex_integer && text.find_first_of(".eEpP") != std::string_view::npos;
}

}  // namespace

absl::StatusOr<std::string> Unquote(std::string_view literal) {
  const char quote = literal.front();
  std::string_view rest = literal.substr(1, literal.size() - 2);
  std::string out;
  if (quote == '`') {
    for (const char c : rest) {
      if (c != '\r') out += c;
    }
    return out;
  }
  while (!rest.empty()) {
    const auto character = TakeCharacter(rest, quote);
    if (!character) return InvalidSyntax();
    if (character->is_byte) {
      out += static_cast<char>(character->rune);
    } else {
      AppendRune(character->rune, out);
    }
  }
  return out;
}

absl::StatusOr<Number> ParseNumber(const Token& token) {
  const std::string& text = token.text;
  if (token.kind == TokenKind::kCharConstant) return CharConstant(text);
  if (token.kind == TokenKind::kComplex) return Complex(text);
  if (text.ends_with('i')) {
    if (const auto imaginary = FloatOf(std::string_view(text).substr(0, text.size() - 1))) {
      return Number{std::complex<double>(0, *imaginary)};
    }
  }
  if (auto integer = IntegerOf(text)) {
    if (LooksLikeFloat(text) && !integer->overflows) {
      return Number{static_cast<double>(std::get<int64_t>(integer->value))};
    }
    integer->overflows = integer->overflows && !LooksLikeFloat(text);
    return *std::move(integer);
  }
  const auto number = FloatOf(text);
  if (!number) return absl::InvalidArgumentError("illegal number syntax: " + GoQuote(text));
  if (text.find_first_of(".eEpP") == std::string::npos) {
    return absl::InvalidArgumentError("integer overflow: " + GoQuote(text));
  }
  if (LooksLikeFloat(text)) return Number{*number};
  // Looks like no float: a large hexadecimal integer.
  return absl::InvalidArgumentError("illegal number syntax: " + GoQuote(text));
}

}  // namespace skyden::resources::go_template
