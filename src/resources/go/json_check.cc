// SPDX-License-Identifier: Apache-2.0
// The syntax check: a recursive descent over the grammar of RFC 8259 that fails with the words
// Go's scanner has for the same place.
#include <fmt/format.h>

#include "absl/strings/ascii.h"
#include "resources/go/json.h"
#include "resources/go/text.h"

namespace skyden::resources::go_json {
namespace {

// As Go shows one byte: the scanner works on bytes, so beyond ASCII they read as Latin-1.
std::string QuoteChar(char c) {
  if (c == '\'') return R"('\'')";
  if (c == '"') return R"('"')";
  const auto byte = static_cast<uint8_t>(c);
  std::string utf8;
  if (byte < 0x80) {
    utf8 = std::string(1, c);
  } else {
    utf8 += static_cast<char>(0xC0 | (byte >> 6));
    utf8 += static_cast<char>(0x80 | (byte & 0x3F));
  }
  std::string quoted = GoQuote(utf8);
  return fmt::format("'{}'", quoted.substr(1, quoted.size() - 2));
}

constexpr std::string_view kTooDeep = "exceeded max depth";

// Each Scan function starts at its first character and leaves `at_` after the last one.
class Checker {
 public:
  Checker(std::string_view text, int depth_max) : text_(text), depth_max_(depth_max) {}

  absl::Status Run() {
    if (!Value(0) || !End()) return absl::InvalidArgumentError(error_);
    return absl::OkStatus();
  }

  absl::StatusOr<std::string_view> First() {
    SkipSpace();
    const size_t begin = at_;
    if (Value(0)) return text_.substr(begin, at_ - begin);
    // A stream that ends says so, wherever it does.
    if (!More() && error_ != kTooDeep) error_ = begin == text_.size() ? "EOF" : "unexpected EOF";
    return absl::InvalidArgumentError(error_);
  }

 private:
  bool More() const { return at_ < text_.size(); }
  char Peek() const { return text_[at_]; }
  void SkipSpace() {
    while (More() && IsSpace(Peek())) ++at_;
  }

  // Always false, so that it can be returned.
  bool Fail(std::string_view where) {
    error_ = More() ? fmt::format("invalid character {} {}", QuoteChar(Peek()), where)
                    : "unexpected end of JSON input";
    return false;
  }

  // Inside a token, where Go tells the end of the text from a space no more.
  bool FailInToken(std::string_view where) {
    error_ = fmt::format("invalid character {} {}", More() ? QuoteChar(Peek()) : "' '", where);
    return false;
  }

  bool End() {
    SkipSpace();
    return !More() || Fail("after top-level value");
  }

  bool Value(int depth) {
    SkipSpace();
    if (!More()) return Fail("");
    switch (Peek()) {
      case '{':
        return Enter(depth) && Object(depth + 1);
      case '[':
        return Enter(depth) && Array(depth + 1);
      case '"':
        return String();
      case 't':
        return Literal("true");
      case 'f':
        return Literal("false");
      case 'n':
        return Literal("null");
      default:
        if (Peek() == '-' || absl::ascii_isdigit(Peek())) return Number();
        return Fail("looking for beginning of value");
    }
  }

  bool Enter(int depth) {
    ++at_;
    if (depth < depth_max_) return true;
    error_ = kTooDeep;
    return false;
  }

  bool Object(int depth) {
    SkipSpace();
    if (More() && Peek() == '}') return ++at_, true;
    while (true) {
      SkipSpace();
      if (!More() || Peek() != '"') return Fail("looking for beginning of object key string");
      if (!String()) return false;
      SkipSpace();
      if (!More() || Peek() != ':') return Fail("after object key");
      ++at_;
      if (!Value(depth)) return false;
      SkipSpace();
      if (More() && Peek() == '}') return ++at_, true;
      if (!More() || Peek() != ',') return Fail("after object key:value pair");
      ++at_;
    }
  }

  bool Array(int depth) {
    SkipSpace();
    if (More() && Peek() == ']') return ++at_, true;
    while (true) {
      if (!Value(depth)) return false;
      SkipSpace();
      if (More() && Peek() == ']') return ++at_, true;
      if (!More() || Peek() != ',') return Fail("after array element");
      ++at_;
    }
  }

  bool String() {
    for (++at_; More(); ++at_) {
      const char c = Peek();
      if (c == '"') return ++at_, true;
      if (static_cast<uint8_t>(c) < 0x20) return Fail("in string literal");
      if (c == '\\' && !Escape()) return false;
    }
    return Fail("");
  }

  // From the backslash to the last character of the escape.
  bool Escape() {
    ++at_;
    if (More() && std::string_view(R"(bfnrt\/")").find(Peek()) != std::string_view::npos)
      return true;
    if (!More() || Peek() != 'u') return FailInToken("in string escape code");
    for (int i = 0; i < 4; ++i) {
      ++at_;
      if (!More() || !absl::ascii_isxdigit(Peek()))
        return FailInToken("in \\u hexadecimal character escape");
    }
    return true;
  }

  bool Literal(std::string_view word) {
    for (size_t i = 0; i < word.size(); ++i, ++at_) {
      if (!More() || Peek() != word[i]) {
        return FailInToken(fmt::format("in literal {} (expecting {})", word, QuoteChar(word[i])));
      }
    }
    return true;
  }

  void Digits() {
    while (More() && absl::ascii_isdigit(Peek())) ++at_;
  }

  bool Number() {
    if (Peek() == '-') {
      ++at_;
      if (!More() || !absl::ascii_isdigit(Peek())) return FailInToken("in numeric literal");
    }
    if (Peek() == '0') {
      ++at_;
    } else {
      Digits();
    }
    if (More() && Peek() == '.') {
      ++at_;
      if (!More() || !absl::ascii_isdigit(Peek()))
        return FailInToken("after decimal point in numeric literal");
      Digits();
    }
    if (More() && (Peek() == 'e' || Peek() == 'E')) {
      ++at_;
      if (More() && (Peek() == '+' || Peek() == '-')) ++at_;
      if (!More() || !absl::ascii_isdigit(Peek()))
        return FailInToken("in exponent of numeric literal");
      Digits();
    }
    return true;
  }

  const std::string_view text_;
  const int depth_max_;
  size_t at_ = 0;
  std::string error_;
};

}  // namespace

absl::Status CheckValid(std::string_view text, int depth_max) {
  return Checker(text, depth_max).Run();
}

absl::StatusOr<std::string_view> FirstOf(std::string_view text, int depth_max) {
  return Checker(text, depth_max).First();
}

}  // namespace skyden::resources::go_json
