// SPDX-License-Identifier: Apache-2.0
#include "resources/go_template/escape.h"

#include <fmt/format.h>

#include "resources/go/unicode.h"

namespace skyden::resources::go_template {

std::string EscapeJavaScript(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const GoRune rune = FirstRune(text);
    const std::string_view bytes = text.substr(0, rune.bytes);
    if (rune.value == '\\' || rune.value == '\'' || rune.value == '"') {
      out += '\\';
      out += bytes;
    } else if (rune.value < ' ' || std::string_view("<>&=").find(bytes) < 4) {
      out += fmt::format("\\u00{:02X}", rune.value);
    } else if (rune.value < 0x80 || IsPrintableRune(rune.value)) {
      out += bytes;
    } else {
      out += fmt::format("\\u{:04X}", rune.value);
    }
    text.remove_prefix(rune.bytes);
  }
  return out;
}

std::string EscapeQuery(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace skyden::resources::go_template
