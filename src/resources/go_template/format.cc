// SPDX-License-Identifier: Apache-2.0
// Go's fmt for the few types that templates have. Nothing fails: what is wrong with a format is
// printed where it is, as %!verb(...).
#include "resources/go_template/format.h"

#include <algorithm>
#include <optional>

#include "resources/go/unicode.h"
#include "resources/go_template/printer.h"

namespace skyden::resources::go_template {
namespace {

constexpr int kWidthMax = 1'000'000;

// One format and its arguments.
class Formatter {
 public:
  Formatter(std::string_view format, const std::vector<Value>& values, size_t bytes_max)
      : format_(format), values_(values), bytes_max_(bytes_max) {}

  std::string Run() {
    while (at_ < format_.size() && printer_.out.size() <= bytes_max_) {
      const size_t percent = std::min(format_.find('%', at_), format_.size());
      printer_.out += format_.substr(at_, percent - at_);
      at_ = percent;
      if (at_ == format_.size()) break;
      ++at_;
      if (!Verb()) break;
    }
    if (!reordered_ && next_ < values_.size()) Extra();
    return std::move(printer_.out);
  }

 private:
  // False when the format ends before the verb.
  bool Verb() {
    good_index_ = true;
    printer_.flags = {};
    TakeFlags();
    bool after_index = TakeIndex();
    TakeWidth(after_index);
    TakePrecision(after_index);
    if (!after_index) TakeIndex();
    if (at_ >= format_.size()) {
      printer_.out += "%!(NOVERB)";
      return false;
    }
    const GoRune rune = FirstRune(format_.substr(at_));
    at_ += rune.bytes;
    if (rune.value == '%') {
      printer_.out += '%';
    } else if (!good_index_ || next_ >= values_.size()) {
      printer_.out += "%!";
      AppendRune(rune.value, printer_.out);
      printer_.out += good_index_ ? "(MISSING)" : "(BADINDEX)";
    } else {
      Flags& flags = printer_.flags;
      if (rune.value == 'v' || rune.value == 'w') {
        flags.sharp_v = std::exchange(flags.sharp, false);
        flags.plus_v = std::exchange(flags.plus, false);
      }
      printer_.Print(values_[next_++], rune.value);
    }
    return true;
  }

  void TakeFlags() {
    for (; at_ < format_.size(); ++at_) {
      switch (format_[at_]) {
        case '#':
          printer_.flags.sharp = true;
          break;
        case '0':
          printer_.flags.zero = true;
          break;
        case '+':
          printer_.flags.plus = true;
          break;
        case '-':
          printer_.flags.minus = true;
          break;
        case ' ':
          printer_.flags.space = true;
          break;
        default:
          return;
      }
    }
  }

  void TakeWidth(bool& after_index) {
    Flags& flags = printer_.flags;
    if (at_ < format_.size() && format_[at_] == '*') {
      ++at_;
      flags.width = IntegerArgument();
      if (!flags.width) printer_.out += "%!(BADWIDTH)";
      if (flags.width.value_or(0) < 0) {
        flags.width = -*flags.width;
        flags.minus = true;
        flags.zero = false;
      }
      after_index = false;
      return;
    }
    flags.width = TakeNumber();
    if (after_index && flags.width) good_index_ = false;
  }

  void TakePrecision(bool& after_index) {
    Flags& flags = printer_.flags;
    if (at_ + 1 >= format_.size() || format_[at_] != '.') return;
    ++at_;
    if (after_index) good_index_ = false;
    after_index = TakeIndex();
    if (at_ < format_.size() && format_[at_] == '*') {
      ++at_;
      flags.precision = IntegerArgument();
      if (flags.precision.value_or(0) < 0) flags.precision.reset();
      if (!flags.precision) printer_.out += "%!(BADPREC)";
      after_index = false;
      return;
    }
    flags.precision = TakeNumber().value_or(0);
  }

  // `[3]`: the third argument is next. True when there is one to be had.
  bool TakeIndex() {
    if (at_ >= format_.size() || format_[at_] != '[') return false;
    reordered_ = true;
    const std::string_view rest = format_.substr(at_);
    const size_t close = rest.find(']');
    if (rest.size() < 3 || close == std::string_view::npos) {
      good_index_ = false;
      ++at_;
      return false;
    }
    size_t digits = 1;
    int index = 0;
    while (digits < close && rest[digits] >= '0' && rest[digits] <= '9' && index <= kWidthMax) {
      index = index * 10 + (rest[digits++] - '0');
    }
    at_ += close + 1;
    const bool is_number = digits == close && digits > 1;
    if (is_number && index >= 1 && static_cast<size_t>(index) <= values_.size()) {
      next_ = static_cast<size_t>(index) - 1;
      return true;
    }
    good_index_ = false;
    return is_number;
  }

  // A number too long for one takes the rest of the format with it.
  std::optional<int> TakeNumber() {
    std::optional<int> number;
    for (; at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9'; ++at_) {
      if (number.value_or(0) > kWidthMax) {
        at_ = format_.size();
        return std::nullopt;
      }
      number = number.value_or(0) * 10 + (format_[at_] - '0');
    }
    return number;
  }

  std::optional<int> IntegerArgument() {
    if (next_ >= values_.size()) return std::nullopt;
    const Value& value = values_[next_++];
    if (const auto* small = std::get_if<uint8_t>(&value)) return *small;
    const auto* number = std::get_if<int64_t>(&value);
    if (number == nullptr || *number > kWidthMax || *number < -kWidthMax) return std::nullopt;
    return static_cast<int>(*number);
  }

  void Extra() {
    printer_.flags = {};
    printer_.out += "%!(EXTRA ";
    for (size_t i = next_; i < values_.size(); ++i) {
      if (i > next_) printer_.out += ", ";
      if (IsNothing(values_[i])) {
        printer_.out += "<nil>";
        continue;
      }
      printer_.out += TypeOf(values_[i]) + "=";
      printer_.Print(values_[i], 'v');
    }
    printer_.out += ')';
  }

  const std::string_view format_;
  const std::vector<Value>& values_;
  const size_t bytes_max_;
  Printer printer_;
  size_t at_ = 0;
  size_t next_ = 0;
  bool reordered_ = false;
  bool good_index_ = true;
};

}  // namespace

std::string Sprint(const std::vector<Value>& values) {
  Printer printer;
  bool text_before = true;
  for (const Value& value : values) {
    const bool is_text = TextIn(value) != nullptr;
    if (!is_text && !text_before) printer.out += ' ';
    printer.Print(value, 'v');
    text_before = is_text;
  }
  return std::move(printer.out);
}

std::string Sprintln(const std::vector<Value>& values) {
  Printer printer;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) printer.out += ' ';
    printer.Print(values[i], 'v');
  }
  return std::move(printer.out) + "\n";
}

std::string Sprintf(std::string_view format, const std::vector<Value>& values, size_t bytes_max) {
  return Formatter(format, values, bytes_max).Run();
}

}  // namespace skyden::resources::go_template
