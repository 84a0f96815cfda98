// SPDX-License-Identifier: Apache-2.0
#include "kds/json_scan.h"

#include <cstdint>
#include <initializer_list>

#include "skyden/base/hex.h"

namespace skyden::kds {
namespace {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool Take(char c) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  char Peek() {
    SkipSpace();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  // The text of a string with its quotes; empty when there is none or it does not end.
  std::string_view String() {
    SkipSpace();
    const size_t begin = at_;
    if (at_ >= text_.size() || text_[at_] != '"') return {};
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return text_.substr(begin, at_ - begin);
      }
    }
    at_ = text_.size();
    return {};
  }

  // The text of any value; empty at the end of the text.
  std::string_view Value() {
    SkipSpace();
    const size_t begin = at_;
    if (at_ >= text_.size()) return {};
    if (text_[at_] == '"') return String();
    if (text_[at_] != '{' && text_[at_] != '[') {
      while (at_ < text_.size() && !IsEnd(text_[at_])) ++at_;
      return text_.substr(begin, at_ - begin);
    }
    size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (String().empty()) return {};
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return text_.substr(begin, at_ - begin);
    }
    return {};
  }

  // One member of an object: its name without quotes. False when there is none.
  bool Member(std::string_view& name, std::string_view& value) {
    name = String();
    if (name.empty() || !Take(':')) return false;
    name = name.substr(1, name.size() - 2);
    value = Value();
    return !value.empty();
  }

 private:
  static bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  static bool IsEnd(char c) { return c == ',' || c == '}' || c == ']' || IsSpace(c); }
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
};

// Reads the four digits after \u; -1 when they are not there.
int CodeUnit(std::string_view digits) {
  if (digits.size() < 4) return -1;
  int unit = 0;
  for (size_t i = 0; i < 4; ++i) {
    const int digit = base::HexValue(digits[i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

}  // namespace

std::optional<std::string_view> JsonMember(std::string_view object, std::string_view key) {
  Cursor cursor(object);
  std::string_view name, value;
  if (!cursor.Take('{')) return std::nullopt;
  do {
    if (!cursor.Member(name, value)) return std::nullopt;
    if (name == key) return value;
  } while (cursor.Take(','));
  return std::nullopt;
}

bool JsonMembers(std::string_view object,
                 absl::FunctionRef<void(std::string_view, std::string_view)> fn) {
  Cursor cursor(object);
  std::string_view name, value;
  if (!cursor.Take('{')) return false;
  if (cursor.Take('}')) return true;
  do {
    if (!cursor.Member(name, value)) return false;
    fn(name, value);
  } while (cursor.Take(','));
  return cursor.Take('}');
}

std::optional<std::string_view> JsonPath(std::string_view object,
                                         std::initializer_list<std::string_view> path) {
  std::optional<std::string_view> at = object;
  for (const std::string_view key : path) {
    at = JsonMember(*at, key);
    if (!at.has_value()) return std::nullopt;
  }
  return at;
}

bool JsonElements(std::string_view array, absl::FunctionRef<void(std::string_view)> fn) {
  Cursor cursor(array);
  if (!cursor.Take('[')) return false;
  if (cursor.Peek() == ']') return true;
  while (true) {
    const std::string_view value = cursor.Value();
    if (value.empty()) return false;
    fn(value);
    if (!cursor.Take(',')) return cursor.Take(']');
  }
}

std::optional<std::string> JsonString(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return std::nullopt;
  raw = raw.substr(1, raw.size() - 2);
  std::string out;
  out.reserve(raw.size());
  for (size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\') {
      out += raw[i];
      continue;
    }
    if (++i >= raw.size()) return std::nullopt;
    switch (raw[i]) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u': {
        const int unit = CodeUnit(raw.substr(i + 1));
        if (unit < 0) return std::nullopt;
        out += unit < 0x80 ? static_cast<char>(unit) : '?';
        i += 4;
        break;
      }
      default:
        out += raw[i];
        break;
    }
  }
  return out;
}

}  // namespace skyden::kds
