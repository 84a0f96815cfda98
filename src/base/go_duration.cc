// SPDX-License-Identifier: Apache-2.0
// Grammar: [+-] ( "0" | 1*( number unit ) ), number = digits ["." [digits]] | "." digits.
// All arithmetic is on unsigned nanoseconds up to 2^63, which is what a negative value may reach.
#include "skyden/base/go_duration.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"

namespace skyden::base {
namespace {

constexpr uint64_t kMagnitudeMax = uint64_t{1} << 63;

struct Unit {
  std::string_view text;
  uint64_t nanoseconds;
};
constexpr std::array<Unit, 8> kUnits = {{
    {"ns", 1},
    {"us", 1'000},
    {"\xc2\xb5s", 1'000},  // micro sign
    {"\xce\xbcs", 1'000},  // Greek mu
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
}};

// As Go's time package quotes what it could not parse: bytes outside printable ASCII as \xNN.
std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte < 0x20 || byte >= 0x80) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + "\"";
}

absl::Status Invalid(std::string_view text) {
  return absl::InvalidArgumentError(fmt::format("time: invalid duration {}", Quote(text)));
}

// A decimal number as written: `whole` plus `fraction` / `scale`.
struct Number {
  uint64_t whole = 0;
  uint64_t fraction = 0;
  double scale = 1;
};

// Takes a number off the front of `rest`; nullopt when there is none or it is too large.
std::optional<Number> TakeNumber(std::string_view& rest) {
  Number number;
  size_t digits = 0;
  for (; !rest.empty() && absl::ascii_isdigit(rest.front()); rest.remove_prefix(1), ++digits) {
    if (number.whole > kMagnitudeMax / 10) return std::nullopt;
    number.whole = number.whole * 10 + static_cast<uint64_t>(rest.front() - '0');
    if (number.whole > kMagnitudeMax) return std::nullopt;
  }
  if (rest.empty() || rest.front() != '.') {
    return digits == 0 ? std::nullopt : std::optional(number);
  }
  rest.remove_prefix(1);
  bool full = false;  // further digits no longer fit and change nothing
  for (; !rest.empty() && absl::ascii_isdigit(rest.front()); rest.remove_prefix(1), ++digits) {
    const auto digit = static_cast<uint64_t>(rest.front() - '0');
    full = full || number.fraction > (kMagnitudeMax - 1) / 10 ||
           number.fraction * 10 + digit > kMagnitudeMax;
    if (full) continue;
    number.fraction = number.fraction * 10 + digit;
    number.scale *= 10;
  }
  return digits == 0 ? std::nullopt : std::optional(number);
}

std::string_view TakeUnit(std::string_view& rest) {
  size_t size = 0;
  while (size < rest.size() && rest[size] != '.' && !absl::ascii_isdigit(rest[size])) ++size;
  const std::string_view unit = rest.substr(0, size);
  rest.remove_prefix(size);
  return unit;
}

const Unit* FindUnit(std::string_view text) {
  for (const Unit& unit : kUnits) {
    if (unit.text == text) return &unit;
  }
  return nullptr;
}

// nullopt when it is over the maximum.
std::optional<uint64_t> Magnitude(const Number& number, uint64_t unit) {
  if (number.whole > kMagnitudeMax / unit) return std::nullopt;
  uint64_t value = number.whole * unit;
  if (number.fraction > 0) {
    value += static_cast<uint64_t>(static_cast<double>(number.fraction) *
                                   (static_cast<double>(unit) / number.scale));
  }
  if (value > kMagnitudeMax) return std::nullopt;
  return value;
}

// `value` / `unit` without trailing zeros.
std::string Decimal(uint64_t value, uint64_t unit) {
  std::string text = fmt::format("{}", value / unit);
  uint64_t rest = value % unit;
  if (rest == 0) return text;
  text += '.';
  for (uint64_t place = unit / 10; rest > 0; place /= 10) {
    text += static_cast<char>('0' + rest / place);
    rest %= place;
  }
  return text;
}

}  // namespace

std::string FormatGoDuration(absl::Duration duration) {
  const int64_t signed_value = absl::ToInt64Nanoseconds(duration);
  const uint64_t value = signed_value < 0 ? uint64_t{0} - static_cast<uint64_t>(signed_value)
                                          : static_cast<uint64_t>(signed_value);
  const char* const sign = signed_value < 0 ? "-" : "";
  if (value == 0) return "0s";
  if (value < 1'000) return fmt::format("{}{}ns", sign, value);
  if (value < 1'000'000) return fmt::format("{}{}\xc2\xb5s", sign, Decimal(value, 1'000));
  if (value < 1'000'000'000) return fmt::format("{}{}ms", sign, Decimal(value, 1'000'000));
  constexpr uint64_t kMinute = 60'000'000'000;
  const std::string seconds = Decimal(value % kMinute, 1'000'000'000);
  const uint64_t minutes = value / kMinute;
  if (minutes == 0) return fmt::format("{}{}s", sign, seconds);
  if (minutes < 60) return fmt::format("{}{}m{}s", sign, minutes, seconds);
  return fmt::format("{}{}h{}m{}s", sign, minutes / 60, minutes % 60, seconds);
}

absl::StatusOr<absl::Duration> ParseGoDuration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative || (!rest.empty() && rest.front() == '+')) rest.remove_prefix(1);
  if (rest == "0") return absl::ZeroDuration();
  if (rest.empty()) return Invalid(text);
  uint64_t total = 0;
  while (!rest.empty()) {
    const std::optional<Number> number = TakeNumber(rest);
    if (!number) return Invalid(text);
    const std::string_view unit_text = TakeUnit(rest);
    if (unit_text.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("time: missing unit in duration {}", Quote(text)));
    }
    const Unit* const unit = FindUnit(unit_text);
    if (unit == nullptr) {
      return absl::InvalidArgumentError(
          fmt::format("time: unknown unit {} in duration {}", Quote(unit_text), Quote(text)));
    }
    const std::optional<uint64_t> magnitude = Magnitude(*number, unit->nanoseconds);
    // Neither side is over 2^63; a sum of 2^64 would wrap to 0.
    if (!magnitude || *magnitude > kMagnitudeMax - total) return Invalid(text);
    total += *magnitude;
  }
  if (negative) return absl::Nanoseconds(static_cast<int64_t>(uint64_t{0} - total));
  if (total > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return Invalid(text);
  return absl::Nanoseconds(static_cast<int64_t>(total));
}

}  // namespace skyden::base
