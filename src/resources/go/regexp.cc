// SPDX-License-Identifier: Apache-2.0
// A parser with a stack, as Go's is: operators look at what is on top, a parenthesis or a bar is a
// mark on it. A part remembers of its tree what limits ask: how deep it is, how many instructions
// it takes once repetitions are written out, and the product of repetitions on the worst way down.
#include "resources/go/regexp.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "resources/go/regexp_runes.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"

namespace skyden::resources {
namespace {

using go_regexp::CheckUtf8;
using go_regexp::IsAsciiWord;
using go_regexp::TakeClass;
using go_regexp::TakeClassEscape;
using go_regexp::TakeEscape;
using go_regexp::TakeRune;
using go_regexp::Wrong;

constexpr int kHeightMax = 1000;
constexpr int64_t kRepeatMax = 1000;
constexpr int64_t kSizeMax = (int64_t{128} << 20) / 40;

struct Part {
  enum class Kind { kParen, kBar, kSingle, kConcat, kAlternate, kOther };
  Kind kind = Kind::kOther;
  bool captures = false;  // a parenthesis
  int height = 1;
  int64_t size = 1;
  int64_t repeats = 1;

  bool is_mark() const { return kind == Kind::kParen || kind == Kind::kBar; }
};

class Parser {
 public:
  explicit Parser(std::string_view pattern) : whole_(pattern), rest_(pattern) {}

  absl::Status Run() {
    std::string_view last_repeat;
    while (!rest_.empty()) {
      std::string_view repeat;
      SKYDEN_RETURN_IF_ERROR(Next(last_repeat, repeat));
      last_repeat = repeat;
    }
    SKYDEN_RETURN_IF_ERROR(CloseAlternatives());
    if (stack_.size() != 1) return Wrong("missing closing )", whole_);
    return absl::OkStatus();
  }

 private:
  absl::Status Next(std::string_view last_repeat, std::string_view& repeat) {
    switch (rest_.front()) {
      case '(':
        return OpenParen();
      case '|':
        rest_.remove_prefix(1);
        SKYDEN_RETURN_IF_ERROR(Concat());
        if (!SwapBar()) stack_.push_back({.kind = Part::Kind::kBar});
        return absl::OkStatus();
      case ')':
        rest_.remove_prefix(1);
        return CloseParen();
      case '[':
        SKYDEN_RETURN_IF_ERROR(TakeClass(rest_));
        return Push({.kind = Part::Kind::kSingle});
      case '*':
      case '+':
      case '?':
        repeat = rest_;
        return Operator(last_repeat);
      case '{':
        return Counted(last_repeat, repeat);
      case '\\':
        return Backslash();
      case '^':
      case '$':
        rest_.remove_prefix(1);
        return Push({});
      default:
        SKYDEN_RETURN_IF_ERROR(TakeRune(rest_).status());
        return Push({.kind = Part::Kind::kSingle});
    }
  }

  // The stack

  absl::Status Push(const Part& part) {
    stack_.push_back(part);
    return CheckLimits(part);
  }

  absl::Status CheckLimits(const Part& part) const {
    if (part.size > kSizeMax) return Wrong("expression too large", whole_);
    if (part.height > kHeightMax) return Wrong("expression nests too deeply", whole_);
    return absl::OkStatus();
  }

  // What is on top of the last mark, as one part.
  Part TakeTop(Part::Kind kind) {
    size_t first = stack_.size();
    while (first > 0 && !stack_[first - 1].is_mark()) --first;
    const std::vector<Part> parts(stack_.begin() + static_cast<std::ptrdiff_t>(first),
                                  stack_.end());
    stack_.resize(first);
    if (parts.size() == 1) return parts.front();
    Part whole{.kind = kind, .size = 0};
    for (const Part& part : parts) {
      // Of the same kind within each other they are one.
      whole.height = std::max(whole.height, part.height + (part.kind == kind ? 0 : 1));
      whole.size += part.size;
      whole.repeats = std::max(whole.repeats, part.repeats);
    }
    if (kind == Part::Kind::kAlternate) whole.size += static_cast<int64_t>(parts.size()) - 1;
    if (parts.empty()) whole.kind = Part::Kind::kOther;
    whole.size = std::max<int64_t>(whole.size, 1);
    return whole;
  }

  absl::Status Concat() { return Push(TakeTop(Part::Kind::kConcat)); }

  // The bar below the last alternative goes on top of it. Of two single characters it makes one
  // class.
  bool SwapBar() {
    const size_t n = stack_.size();
    if (n < 2 || stack_[n - 2].kind != Part::Kind::kBar) return false;
    if (n >= 3 && stack_[n - 1].kind == Part::Kind::kSingle &&
        stack_[n - 3].kind == Part::Kind::kSingle) {
      stack_.pop_back();
    } else {
      std::swap(stack_[n - 1], stack_[n - 2]);
    }
    return true;
  }

  absl::Status CloseAlternatives() {
    SKYDEN_RETURN_IF_ERROR(Concat());
    if (SwapBar()) stack_.pop_back();
    return Push(TakeTop(Part::Kind::kAlternate));
  }

  absl::Status CloseParen() {
    SKYDEN_RETURN_IF_ERROR(CloseAlternatives());
    const size_t n = stack_.size();
    if (n < 2 || stack_[n - 2].kind != Part::Kind::kParen) return Wrong("unexpected )", whole_);
    Part inner = stack_[n - 1];
    const bool captures = stack_[n - 2].captures;
    stack_.resize(n - 2);
    if (captures) {
      inner.kind = Part::Kind::kOther;
      ++inner.height;
      inner.size += 2;
    }
    return Push(inner);
  }

  // Repetitions

  absl::Status Operator(std::string_view last_repeat) {
    const char c = rest_.front();
    const std::string_view before = rest_;
    const int64_t added = c == '*' ? 2 : 1;
    return Repeat(before, rest_.substr(1), last_repeat, [added](Part& part) {
      part.size += added;
      return true;
    });
  }

  // `{2}`, `{2,}`, `{2,5}`; what looks otherwise is a brace.
  absl::Status Counted(std::string_view last_repeat, std::string_view& repeat) {
    const std::string_view before = rest_;
    std::string_view after = rest_.substr(1);
    const std::optional<int64_t> min = TakeNumber(after);
    std::optional<int64_t> max = min;
    bool ok = min.has_value() && !after.empty();
    if (ok && after.front() == ',') {
      after.remove_prefix(1);
      max = after.starts_with('}') ? -1 : TakeNumber(after);
      ok = max.has_value();
    }
    if (!ok || !after.starts_with('}')) {
      rest_.remove_prefix(1);
      return Push({.kind = Part::Kind::kSingle});
    }
    after.remove_prefix(1);
    if (*min > kRepeatMax || *max > kRepeatMax || (*max >= 0 && *min > *max)) {
      return Wrong("invalid repeat count", before.substr(0, before.size() - after.size()));
    }
    repeat = before;
    return Repeat(before, after, last_repeat, [min = *min, max = *max](Part& part) {
      const int64_t sub = part.size;
      part.size = max >= 0 ? max * sub + (max - min) : min == 0 ? 2 + sub : 1 + min * sub;
      part.size = std::max<int64_t>(part.size, 1);
      const int64_t times = max < 0 ? min : max;
      if (max == 0) {
        part.repeats = 1;
      } else if (times > 0) {
        part.repeats = std::min(part.repeats * times, kSizeMax);
      }
      return (min < 2 && max < 2) || part.repeats <= kRepeatMax;
    });
  }

  // A number over a hundred million is as good as any.
  static std::optional<int64_t> TakeNumber(std::string_view& text) {
    constexpr std::string_view kDigits = "0123456789";
    const std::string_view digits =
        text.substr(0, std::min(text.find_first_not_of(kDigits), text.size()));
    if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
    text.remove_prefix(digits.size());
    int64_t value = 0;
    for (const char c : digits) value = std::min<int64_t>(value * 10 + (c - '0'), 1'000'000'000);
    return value;
  }

  template <class Change>
  absl::Status Repeat(std::string_view before, std::string_view after, std::string_view last_repeat,
                      Change change) {
    if (after.starts_with('?')) after.remove_prefix(1);
    const std::string_view op = before.substr(0, before.size() - after.size());
    if (!last_repeat.empty()) {
      return Wrong("invalid nested repetition operator",
                   last_repeat.substr(0, last_repeat.size() - after.size()));
    }
    if (stack_.empty() || stack_.back().is_mark()) {
      return Wrong("missing argument to repetition operator", op);
    }
    Part& part = stack_.back();
    const bool fits = change(part);
    part.kind = Part::Kind::kOther;
    ++part.height;
    SKYDEN_RETURN_IF_ERROR(CheckLimits(part));
    if (!fits) return Wrong("invalid repeat count", op);
    rest_ = after;
    return absl::OkStatus();
  }

  // Groups

  absl::Status OpenParen() {
    if (!rest_.starts_with("(?")) {
      rest_.remove_prefix(1);
      return Push({.kind = Part::Kind::kParen, .captures = true});
    }
    const bool named = rest_.size() > 4 && rest_.substr(2).starts_with("P<");
    if (named || (rest_.size() > 3 && rest_[2] == '<')) return NamedGroup(named ? 4 : 3);
    return Flags();
  }

  absl::Status NamedGroup(size_t name_at) {
    const size_t end = rest_.find('>');
    if (end == std::string_view::npos) {
      SKYDEN_RETURN_IF_ERROR(CheckUtf8(rest_));
      return Wrong("invalid named capture", rest_);
    }
    const std::string_view name =
        end < name_at ? std::string_view() : rest_.substr(name_at, end - name_at);
    SKYDEN_RETURN_IF_ERROR(CheckUtf8(name));
    const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
      return c == '_' || IsAsciiWord(static_cast<unsigned char>(c));
    });
    if (!good) return Wrong("invalid named capture", rest_.substr(0, end + 1));
    rest_.remove_prefix(end + 1);
    return Push({.kind = Part::Kind::kParen, .captures = true});
  }

  // `(?i)`, `(?s-m:`
  absl::Status Flags() {
    std::string_view text = rest_.substr(2);
    bool negative = false;
    bool saw_flag = false;
    while (!text.empty()) {
      SKYDEN_ASSIGN_OR_RETURN(const uint32_t c, TakeRune(text));
      if (c == 'i' || c == 'm' || c == 's' || c == 'U') {
        saw_flag = true;
      } else if (c == '-' && !negative) {
        negative = true;
        saw_flag = false;
      } else if ((c == ':' || c == ')') && (!negative || saw_flag)) {
        rest_ = text;
        return c == ':' ? Push({.kind = Part::Kind::kParen}) : absl::OkStatus();
      } else {
        break;
      }
    }
    return Wrong("invalid or unsupported Perl syntax", rest_.substr(0, rest_.size() - text.size()));
  }

  // Escapes and classes

  absl::Status Backslash() {
    const char c = rest_.size() >= 2 ? rest_[1] : '\0';
    if (rest_.size() >= 2 && std::string_view("AbBz").find(c) < 4) {
      rest_.remove_prefix(2);
      return Push({});
    }
    if (c == 'C') return Wrong("invalid escape sequence", rest_.substr(0, 2));
    if (c == 'Q') return Literal();
    SKYDEN_ASSIGN_OR_RETURN(const bool is_class, TakeClassEscape(rest_));
    if (!is_class) SKYDEN_RETURN_IF_ERROR(TakeEscape(rest_).status());
    return Push({.kind = Part::Kind::kSingle});
  }

  // `\Q...\E`
  absl::Status Literal() {
    rest_.remove_prefix(2);
    const size_t end = std::min(rest_.find("\\E"), rest_.size());
    std::string_view literal = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 2, rest_.size()));
    while (!literal.empty()) {
      SKYDEN_RETURN_IF_ERROR(TakeRune(literal).status());
      SKYDEN_RETURN_IF_ERROR(Push({.kind = Part::Kind::kSingle}));
    }
    return absl::OkStatus();
  }

  const std::string_view whole_;
  std::string_view rest_;
  std::vector<Part> stack_;
};

}  // namespace

std::string WhyNotGoRegexp(std::string_view pattern) {
  return std::string(base::ToStd(Parser(pattern).Run().message()));
}

}  // namespace skyden::resources
