// SPDX-License-Identifier: Apache-2.0
#include "rest/go_numbers.h"

#include <fmt/format.h>

#include <charconv>

#include "skyden/base/utf8.h"

namespace skyden::rest {

GoInt ReadGoInt(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const std::string_view unsigned_digits = text.starts_with('-') ? text.substr(1) : digits;
  if (unsigned_digits.empty() ||
      unsigned_digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return {std::nullopt, "invalid syntax"};
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc()) return {std::nullopt, "value out of range"};
  return {value, {}};
}

std::optional<bool> ReadGoBool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::string GoQuoted(std::string_view text) {
  const bool utf8 = base::IsValidUtf8(text);
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
  return out;
}

}  // namespace skyden::rest
