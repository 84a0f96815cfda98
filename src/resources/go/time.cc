// SPDX-License-Identifier: Apache-2.0
// time.Parse of the layout RFC3339, which takes some more than RFC 3339 has. A layout is an
// example: an error shows the first piece of it that the text does not follow, and the rest of the
// text. Ranges are looked at with each piece, but the day's, which needs month and year, at the
// end.
#include "resources/go/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"

namespace skyden::resources {
namespace {

constexpr std::string_view kLayout = "2006-01-02T15:04:05Z07:00";
constexpr std::string_view kZone = "Z07:00";

// Package time has a quote of its own: bytes that are no printable ASCII are shown one by one.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      out.append("\\").append(1, c);
    } else if (byte < 0x20 || byte >= 0x80) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

int DaysIn(int month, int year) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[static_cast<size_t>(month) - 1] + (month == 2 && leap ? 1 : 0);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), rest_(text) {}

  absl::Status Run() {
    int year = 0;
    int month = 0;
    int day = 0;
    int ignored = 0;
    const bool parsed = Take("2006", 0, 9999, "", year) && Skip("-") &&
                        Take("01", 1, 12, "month", month) && Skip("-") &&
                        Take("02", 0, 99, "", day) && Skip("T") && TakeHour() && Skip(":") &&
                        Take("04", 0, 59, "minute", ignored) && Skip(":") &&
                        Take("05", 0, 59, "second", ignored) && TakeZone();
    if (!parsed) return error_;
    if (!rest_.empty()) return Because(fmt::format(": extra text: {}", Quoted(rest_)));
    if (day < 1 || day > DaysIn(month, year)) return Because(": day out of range");
    return absl::OkStatus();
  }

 private:
  absl::Status Because(std::string_view message) const {
    return absl::InvalidArgumentError(fmt::format("parsing time {}{}", Quoted(text_), message));
  }
  absl::Status CannotParse(std::string_view value, std::string_view as) const {
    return Because(
        fmt::format(" as \"{}\": cannot parse {} as {}", kLayout, Quoted(value), Quoted(as)));
  }
  bool Fail(absl::Status why) {
    error_ = std::move(why);
    return false;
  }
  bool OutOfRange(std::string_view what) {
    return Fail(Because(fmt::format(": {} out of range", what)));
  }

  bool Skip(std::string_view literal) {
    if (!rest_.starts_with(literal)) return Fail(CannotParse(rest_, literal));
    rest_.remove_prefix(literal.size());
    return true;
  }

  // As many digits as `piece` of the layout has.
  bool Take(std::string_view piece, int min, int max, std::string_view name, int& value) {
    const std::string_view digits = rest_.substr(0, piece.size());
    if (digits.size() < piece.size() ||
        !std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit)) {
      return Fail(CannotParse(rest_, piece));
    }
    value = Number(digits);
    if (value < min || value > max) return OutOfRange(name);
    rest_.remove_prefix(piece.size());
    return true;
  }

  // One digit will do, here.
  bool TakeHour() {
    if (rest_.empty() || !absl::ascii_isdigit(rest_[0])) return Fail(CannotParse(rest_, "15"));
    const size_t digits = rest_.size() > 1 && absl::ascii_isdigit(rest_[1]) ? 2 : 1;
    if (Number(rest_.substr(0, digits)) > 23) return OutOfRange("hour");
    rest_.remove_prefix(digits);
    return true;
  }

  void TakeFraction() {
    const bool begins =
        rest_.size() > 1 && (rest_[0] == '.' || rest_[0] == ',') && absl::ascii_isdigit(rest_[1]);
    if (!begins) return;
    rest_.remove_prefix(1);
    rest_.remove_prefix(static_cast<size_t>(
        std::find_if_not(rest_.begin(), rest_.end(), absl::ascii_isdigit) - rest_.begin()));
  }

  bool TakeZone() {
    TakeFraction();
    if (rest_.starts_with('Z')) {
      rest_.remove_prefix(1);
      return true;
    }
    const bool shaped = rest_.size() >= kZone.size() && rest_[3] == ':' &&
                        absl::ascii_isdigit(rest_[1]) && absl::ascii_isdigit(rest_[2]) &&
                        absl::ascii_isdigit(rest_[4]) && absl::ascii_isdigit(rest_[5]);
    if (!shaped) return Fail(CannotParse(rest_, kZone));
    if (Number(rest_.substr(1, 2)) > 24) return OutOfRange("time zone offset hour");
    if (Number(rest_.substr(4, 2)) > 60) return OutOfRange("time zone offset minute");
    if (rest_[0] != '+' && rest_[0] != '-') return Fail(CannotParse(rest_, kZone));
    rest_.remove_prefix(kZone.size());
    return true;
  }

  const std::string_view text_;
  std::string_view rest_;
  absl::Status error_;
};

}  // namespace

absl::Status CheckGoTime(std::string_view text) { return Reader(text).Run(); }

absl::Status NoTimeText() {
  return absl::InvalidArgumentError("Time.UnmarshalJSON: input is not a JSON string");
}

}  // namespace skyden::resources
