// SPDX-License-Identifier: Apache-2.0
// Go's classes of characters are Unicode's general categories, which RE2 has as tables.
#include "resources/go/unicode.h"

#include <fmt/format.h>
#include <re2/re2.h>

namespace skyden::resources {
namespace {

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

bool IsOf(uint32_t rune, const re2::RE2& category) {
  std::string text;
  AppendRune(rune, text);
  return re2::RE2::FullMatch(text, category);
}

bool IsSurrogateOrBeyond(uint32_t rune) {
  return (rune >= 0xD800 && rune <= 0xDFFF) || rune > kRuneMax;
}

}  // namespace

GoRune FirstRune(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  size_t bytes = 0;
  uint32_t value = 0;
  if (lead >= 0xC2 && lead <= 0xDF) {
    bytes = 2;
    value = lead & 0x1Fu;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    bytes = 3;
    value = lead & 0x0Fu;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    bytes = 4;
    value = lead & 0x07u;
  } else {
    return {};
  }
  if (text.size() < bytes) return {};
  for (size_t i = 1; i < bytes; ++i) {
    if (!IsContinuation(text[i])) return {};
    value = (value << 6) | (static_cast<uint8_t>(text[i]) & 0x3Fu);
  }
  const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  if (overlong || IsSurrogateOrBeyond(value)) return {};
  return {value, bytes, true};
}

void AppendRune(uint32_t rune, std::string& out) {
  if (IsSurrogateOrBeyond(rune)) rune = kReplacementRune;
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80u | ((rune >> shift) & 0x3Fu));
  };
  if (rune < 0x80) {
    out += static_cast<char>(rune);
  } else if (rune < 0x800) {
    out += static_cast<char>(0xC0u | (rune >> 6));
    tail(0);
  } else if (rune < 0x10000) {
    out += static_cast<char>(0xE0u | (rune >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0u | (rune >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

size_t CountRunes(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(FirstRune(text).bytes);
  return count;
}

bool IsPrintableRune(uint32_t rune) {
  if (rune < 0x80) return rune >= 0x20 && rune < 0x7F;
  if (IsSurrogateOrBeyond(rune)) return false;
  static const re2::RE2 kPrintable("[\\pL\\pM\\pN\\pP\\pS]");
  return IsOf(rune, kPrintable);
}

bool IsWordRune(uint32_t rune) {
  if (rune < 0x80) {
    return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z') ||
           (rune >= '0' && rune <= '9') || rune == '_';
  }
  if (IsSurrogateOrBeyond(rune)) return false;
  static const re2::RE2 kWord("[\\pL\\p{Nd}]");
  return IsOf(rune, kWord);
}

std::string GoUnicode(uint32_t rune) {
  std::string out = fmt::format("U+{:04X}", rune);
  if (!IsPrintableRune(rune)) return out;
  out += " '";
  AppendRune(rune, out);
  return out + "'";
}

}  // namespace skyden::resources
