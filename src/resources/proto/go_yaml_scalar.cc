// SPDX-License-Identifier: Apache-2.0
// YAML 1.1 as Go's YAML reads it, which is what wrote the texts: words in three spellings, integers
// in four bases with underscores, decimal fractions. "y" and "n" are strings, as YAML 1.2 has it.
#include "resources/proto/go_yaml_scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "resources/proto/go_json.h"
#include "resources/proto/go_text.h"

namespace skyden::resources {
namespace {

template <size_t N>
bool OneOf(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 9> kTrue = {"true", "True", "TRUE", "yes", "Yes",
                                                   "YES",  "on",   "On",   "ON"};
constexpr std::array<std::string_view, 9> kFalse = {"false", "False", "FALSE", "no", "No",
                                                    "NO",    "off",   "Off",   "OFF"};
constexpr std::array<std::string_view, 12> kNotInJson = {".inf",  ".Inf",  ".INF",  "+.inf",
                                                         "+.Inf", "+.INF", "-.inf", "-.Inf",
                                                         "-.INF", ".nan",  ".NaN",  ".NAN"};

bool IsJsonNumber(std::string_view text) {
  return !text.empty() && go_json::KindOf(text) == "number" && go_json::CheckValid(text, 1).ok();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// An integer of base 2, 8 or 16: the digits after its prefix, and the base; base 0: none.
struct Prefixed {
  int base = 0;
  std::string_view digits;
};
Prefixed PrefixOf(std::string_view text) {
  if (text.size() < 2 || text[0] != '0') return {};
  const char next = text[1];
  if (next == 'x' || next == 'X') return {16, text.substr(2)};
  if (next == 'o' || next == 'O') return {8, text.substr(2)};
  if (next == 'b' || next == 'B') return {2, text.substr(2)};
  const bool octal =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c < '8'; });
  return octal ? Prefixed{8, text.substr(1)} : Prefixed{};
}

// [digits][.[digits]][e[sign]digits], at least one digit before the exponent.
bool IsDecimal(std::string_view text) {
  size_t i = 0;
  size_t digits = 0;
  const auto take_digits = [&] {
    const size_t begin = i;
    while (i < text.size() && IsDigit(text[i])) ++i;
    return i - begin;
  };
  digits += take_digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    digits += take_digits();
  }
  if (digits == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (take_digits() == 0) return false;
  }
  return i == text.size();
}

}  // namespace

std::optional<std::string> PlainScalarToJson(std::string_view text) {
  if (OneOf(kNull, text)) return "null";
  if (OneOf(kTrue, text)) return "true";
  if (OneOf(kFalse, text)) return "false";
  if (IsJsonNumber(text)) return std::string(text);
  if (OneOf(kNotInJson, text)) return std::nullopt;
  const bool signed_text = text[0] == '-' || text[0] == '+';
  if (!IsDigit(text[0]) && text[0] != '.' && !signed_text) return GoJsonString(text);

  // A number that JSON writes in another way, or a string that only begins like one.
  std::string digits(text.substr(signed_text ? 1 : 0));
  if (digits.empty() || digits.front() == '_') return GoJsonString(text);
  std::erase(digits, '_');
  const std::string_view sign = text[0] == '-' ? "-" : "";
  if (const Prefixed prefixed = PrefixOf(digits); prefixed.base != 0 && !prefixed.digits.empty()) {
    uint64_t number = 0;
    const char* const end = prefixed.digits.data() + prefixed.digits.size();
    const auto [stop, error] = std::from_chars(prefixed.digits.data(), end, number, prefixed.base);
    if (stop != end) return GoJsonString(text);
    if (error != std::errc()) return std::nullopt;
    return fmt::format("{}{}", number == 0 ? "" : sign, number);
  }
  if (!IsDecimal(digits)) return GoJsonString(text);
  if (std::string json = fmt::format("{}{}", sign, digits); IsJsonNumber(json)) return json;
  const double number = std::strtod(digits.c_str(), nullptr);
  if (!std::isfinite(number)) return GoJsonString(text);  // out of Go's range: no number
  return fmt::format("{}{}", sign, GoJsonNumber(number));
}

}  // namespace skyden::resources
