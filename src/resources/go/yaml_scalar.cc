// SPDX-License-Identifier: Apache-2.0
// YAML 1.1 as Go's YAML (the second version, under sigs.k8s.io/yaml) reads it: words in three
// spellings and y and n, integers in four bases with underscores, decimal fractions. What is out of
// range is text. A time stays the text that it is.
#include "resources/go/yaml_scalar.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <type_traits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"
#include "resources/go/json.h"
#include "resources/go/text.h"

namespace skyden::resources {
namespace {

constexpr std::string_view kCoreTags = "tag:yaml.org,2002:";

template <size_t N>
bool OneOf(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 11> kTrue = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                                    "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> kFalse = {"n",     "N",     "no",  "No",  "NO", "false",
                                                     "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 6> kInfinity = {".inf",  ".Inf",  ".INF",
                                                       "+.inf", "+.Inf", "+.INF"};
constexpr std::array<std::string_view, 3> kMinusInfinity = {"-.inf", "-.Inf", "-.INF"};
constexpr std::array<std::string_view, 3> kNotANumber = {".nan", ".NaN", ".NAN"};

// [sign]digits of one base, all of `text`.
template <typename Integer>
std::optional<Integer> Digits(std::string_view text, int base) {
  bool minus = false;
  if constexpr (std::is_signed_v<Integer>) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
      minus = text[0] == '-';
      text.remove_prefix(1);
    }
  }
  uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || stop != text.data() + text.size() || error != std::errc()) {
    return std::nullopt;
  }
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<Integer>::max());
  if (minus && number == kMax + 1) return std::numeric_limits<Integer>::min();
  if (number > kMax) return std::nullopt;
  return minus ? static_cast<Integer>(0 - number) : static_cast<Integer>(number);
}

// The base that a prefix names, and the digits behind it with their sign. A leading zero is octal.
template <typename Integer>
std::optional<Integer> Prefixed(std::string_view text) {
  const size_t signs = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const std::string_view rest = text.substr(signs);
  int base = 10;
  size_t prefix = 0;
  if (rest.size() > 1 && rest[0] == '0') {
    const char next = static_cast<char>(rest[1] | 0x20);
    base = next == 'x' ? 16 : next == 'b' ? 2 : 8;
    prefix = next == 'x' || next == 'b' || next == 'o' ? 2 : 1;
  }
  if (rest.size() == prefix || rest[prefix] == '-' || rest[prefix] == '+') return std::nullopt;
  return Digits<Integer>(std::string(text.substr(0, signs)).append(rest.substr(prefix)), base);
}

std::optional<double> Decimal(std::string_view text) {
  static const RE2 kForm(R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)");
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kForm)) return std::nullopt;
  const double number = std::strtod(std::string(text).c_str(), nullptr);
  if (!std::isfinite(number)) return std::nullopt;
  return number;
}

// Whether each underscore stands between two digits.
bool SeparatesDigits(std::string_view text) {
  for (size_t at = text.find('_'); at != std::string_view::npos; at = text.find('_', at + 1)) {
    if (at == 0 || at + 1 == text.size() || !absl::ascii_isdigit(text[at - 1]) ||
        !absl::ascii_isdigit(text[at + 1])) {
      return false;
    }
  }
  return true;
}

std::optional<YamlScalar> ReadNumberScalar(std::string_view text) {
  std::string plain(text);
  std::erase(plain, '_');
  if (text[0] == '.') {
    if (!SeparatesDigits(text)) return std::nullopt;
    if (const auto number = Decimal(plain)) return *number;
    return std::nullopt;
  }
  if (const auto number = Prefixed<int64_t>(plain)) return *number;
  const bool is_signed = !plain.empty() && !absl::ascii_isdigit(plain[0]);
  if (!is_signed) {
    if (const auto number = Prefixed<uint64_t>(plain)) return *number;
  }
  if (const auto number = Decimal(plain)) return *number;
  // Go looks at binary numbers twice, and lets them have a sign behind the prefix.
  if (plain.starts_with("0b")) {
    if (const auto number = Digits<int64_t>(std::string_view(plain).substr(2), 2)) return *number;
  }
  return std::nullopt;
}

std::optional<YamlScalar> Word(std::string_view text) {
  if (OneOf(kNull, text)) return YamlScalar();
  if (OneOf(kTrue, text)) return true;
  if (OneOf(kFalse, text)) return false;
  if (OneOf(kInfinity, text)) return std::numeric_limits<double>::infinity();
  if (OneOf(kMinusInfinity, text)) return -std::numeric_limits<double>::infinity();
  if (OneOf(kNotANumber, text)) return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

YamlScalar Guess(std::string_view text) {
  if (auto word = Word(text)) return *std::move(word);
  if (absl::ascii_isdigit(text[0]) || text[0] == '.' || text[0] == '-' || text[0] == '+') {
    if (auto number = ReadNumberScalar(text)) return *std::move(number);
  }
  return std::string(text);
}

// 2001-2-3, 2001-02-03T04:05:06.7Z, 2001-02-03 4:5:6
bool IsTimestamp(std::string_view text) {
  static const RE2 kForm(
      R"((\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)"
      R"((?:Z|[-+](\d\d):(\d\d))| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?)?)");
  std::array<int, 3> date{};
  std::array<re2::StringPiece, 8> time;
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), kForm, &date[0], &date[1],
                      &date[2], &time[0], &time[1], &time[2], &time[3], &time[4], &time[5],
                      &time[6], &time[7])) {
    return false;
  }
  const absl::CivilDay day(date[0], date[1], date[2]);
  if (day.month() != date[1] || day.day() != date[2]) return false;
  const auto below = [&](size_t at, int end) {
    int number = 0;
    std::from_chars(time[at].begin(), time[at].end(), number);
    return number < end;
  };
  return below(0, 24) && below(1, 60) && below(2, 60) && below(3, 25) && below(4, 60) &&
         below(5, 24) && below(6, 60) && below(7, 60);
}

std::string_view TagOf(const YamlScalar& scalar) {
  static constexpr std::array<std::string_view, 6> kTags = {"null", "bool",  "int",
                                                            "int",  "float", "str"};
  return kTags.at(scalar.index());
}

// Go's 'g' with as few digits as tell a float32 apart, which is how it names members by numbers.
std::string ShortFloat(double number) {
  if (std::isnan(number)) return ".nan";
  const auto value = static_cast<float>(number);
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  std::array<char, 64> buffer{};
  char* const end = buffer.data() + buffer.size();
  const auto scientific = std::to_chars(buffer.data(), end, value, std::chars_format::scientific);
  const std::string text(buffer.data(), scientific.ptr);
  const int exponent = std::atoi(text.c_str() + text.find('e') + 1);
  if (exponent < -4 || exponent >= 6) return text;
  const auto fixed = std::to_chars(buffer.data(), end, value, std::chars_format::fixed);
  return std::string(buffer.data(), fixed.ptr);
}

}  // namespace

absl::StatusOr<YamlScalar> ResolveYamlScalar(std::string_view tag, YamlStyle style,
                                             std::string_view text) {
  if (tag.empty()) return style == YamlStyle::kQuoted ? std::string(text) : Guess(text);
  if (!tag.starts_with(kCoreTags)) return std::string(text);
  const std::string_view name = tag.substr(kCoreTags.size());
  if (name == "binary") {
    auto bytes = go_json::BytesOf(GoJsonString(text));
    if (!bytes.ok()) {
      return absl::InvalidArgumentError("!!binary value contains invalid base64 data");
    }
    return *std::move(bytes);
  }
  static constexpr std::array<std::string_view, 5> kResolved = {"bool", "int", "float", "null",
                                                                "timestamp"};
  if (!OneOf(kResolved, name)) return std::string(text);
  if (name == "timestamp" && IsTimestamp(text)) return std::string(text);
  YamlScalar scalar = Guess(text);
  if (TagOf(scalar) == name) return scalar;
  const auto* const integer = std::get_if<int64_t>(&scalar);
  if (name == "float" && integer != nullptr) return static_cast<double>(*integer);
  return absl::InvalidArgumentError(
      fmt::format("cannot decode !!{} `{}` as a !!{}", TagOf(scalar), text.substr(0, 100), name));
}

std::optional<std::string> YamlScalarToJson(const YamlScalar& scalar) {
  if (const auto* const text = std::get_if<std::string>(&scalar)) return GoJsonString(*text);
  if (const auto* const number = std::get_if<double>(&scalar)) {
    if (!std::isfinite(*number)) return std::nullopt;
    return GoJsonNumber(*number);
  }
  if (std::holds_alternative<std::monostate>(scalar)) return "null";
  if (const auto* const yes = std::get_if<bool>(&scalar)) return *yes ? "true" : "false";
  if (const auto* const number = std::get_if<uint64_t>(&scalar)) return fmt::to_string(*number);
  return fmt::to_string(std::get<int64_t>(scalar));
}

std::optional<std::string> YamlScalarToKey(const YamlScalar& scalar) {
  if (const auto* const text = std::get_if<std::string>(&scalar)) return *text;
  if (const auto* const number = std::get_if<double>(&scalar)) return ShortFloat(*number);
  if (std::holds_alternative<std::monostate>(scalar)) return std::nullopt;
  if (std::holds_alternative<uint64_t>(scalar)) return std::nullopt;
  return YamlScalarToJson(scalar);
}

std::optional<std::string> PlainScalarToJson(std::string_view text) {
  return YamlScalarToJson(Guess(text));
}

}  // namespace skyden::resources
