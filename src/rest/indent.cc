// SPDX-License-Identifier: Apache-2.0
// Every answer of the Kuma API goes through here, large lists too: text is copied in pieces, and
// strings are not looked through byte by byte.
#include <cstring>
#include <utility>

#include "rest/json_writer.h"

namespace skyden::rest {
namespace {

// Grows at its end. What is put in must have room.
class GrowingText {
 public:
  explicit GrowingText(size_t bytes) : text_(bytes, '\0') {}

  void MakeRoom(size_t bytes) {
    if (text_.size() - used_ < bytes) text_.resize(text_.size() * 2 + bytes);
  }
  void Put(char c) { text_[used_++] = c; }
  void Put(std::string_view text) {
    std::memcpy(&text_[used_], text.data(), text.size());
    used_ += text.size();
  }
  void PutSpaces(size_t count) {
    std::memset(&text_[used_], ' ', count);
    used_ += count;
  }
  std::string Take() && {
    text_.resize(used_);
    return std::move(text_);
  }

 private:
  std::string text_;
  size_t used_ = 0;
};

// The place after the string that begins at `begin`; the end of `text` when it does not end.
size_t EndOfString(std::string_view text, size_t begin) {
  for (size_t quote = begin;;) {
    quote = text.find('"', quote + 1);
    if (quote == std::string_view::npos) return text.size();
    const size_t other = text.find_last_not_of('\\', quote - 1);
    const size_t slashes = quote - 1 - other;  // `begin` is none
    if (slashes % 2 == 0) return quote + 1;
  }
}

}  // namespace

std::string Indent(std::string_view compact) {
  constexpr size_t kAround = 4;  // what is written beside a line's beginning and a string
  GrowingText out(compact.size() * 2 + kAround);
  size_t depth = 0;
  const auto new_line = [&] {
    out.Put('\n');
    out.PutSpaces(depth);
  };
  for (size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    out.MakeRoom(depth + kAround);
    switch (c) {
      case '"': {
        const std::string_view string = compact.substr(i, EndOfString(compact, i) - i);
        out.MakeRoom(string.size() + kAround);
        out.Put(string);
        i += string.size() - 1;
        break;
      }
      case '{':
      case '[':
        out.Put(c);
        if (i + 1 < compact.size() && (compact[i + 1] == '}' || compact[i + 1] == ']')) {
          out.Put(compact[++i]);
        } else {
          ++depth;
          new_line();
        }
        break;
      case '}':
      case ']':
        if (depth > 0) --depth;
        new_line();
        out.Put(c);
        break;
      case ',':
        out.Put(c);
        new_line();
        break;
      case ':':
        out.Put(std::string_view(": "));
        break;
      default:
        out.Put(c);
    }
  }
  out.MakeRoom(1);
  out.Put('\n');
  return std::move(out).Take();
}

}  // namespace skyden::rest
