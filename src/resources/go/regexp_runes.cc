// SPDX-License-Identifier: Apache-2.0
#include "resources/go/regexp_runes.h"

#include <fmt/format.h>

#include <optional>

#include "resources/go/regexp_classes.h"
#include "resources/go/unicode.h"
#include "skyden/base/status.h"

namespace skyden::resources::go_regexp {

absl::Status Wrong(std::string_view what, std::string_view where) {
  return absl::InvalidArgumentError(fmt::format("error parsing regexp: {}: `{}`", what, where));
}

bool IsAsciiWord(uint32_t c) { return c < 0x80 && c != '_' && IsWordRune(c); }

absl::StatusOr<uint32_t> TakeRune(std::string_view& text) {
  if (text.empty()) return kReplacementRune;
  const GoRune rune = FirstRune(text);
  if (!rune.valid) return Wrong("invalid UTF-8", text);
  text.remove_prefix(rune.bytes);
  return rune.value;
}

absl::Status CheckUtf8(std::string_view text) {
  while (!text.empty()) SKYDEN_RETURN_IF_ERROR(TakeRune(text).status());
  return absl::OkStatus();
}

namespace {

int HexDigit(uint32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<int>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<int>(c - 'A') + 10;
  return -1;
}

bool StartsOctal(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '7';
}

// `\1` alone would be a reference to a group.
std::optional<uint32_t> TakeOctal(uint32_t first, std::string_view& text) {
  if (first != '0' && !StartsOctal(text)) return std::nullopt;
  uint32_t value = first - '0';
  for (int i = 1; i < 3 && StartsOctal(text); ++i) {
    value = value * 8 + static_cast<uint32_t>(text.front() - '0');
    text.remove_prefix(1);
  }
  return value;
}

// `\x41`, `\x{10FFFF}`; nullopt when it is neither, with what was looked at taken off `text`.
absl::StatusOr<std::optional<uint32_t>> TakeHex(std::string_view& text) {
  std::optional<uint32_t> none;
  if (text.empty()) return none;
  SKYDEN_ASSIGN_OR_RETURN(uint32_t c, TakeRune(text));
  if (c != '{') {
    const int high = HexDigit(c);
    SKYDEN_ASSIGN_OR_RETURN(c, TakeRune(text));
    const int low = HexDigit(c);
    if (high < 0 || low < 0) return none;
    return std::optional<uint32_t>(static_cast<uint32_t>(high * 16 + low));
  }
  uint32_t value = 0;
  for (int digits = 0; !text.empty(); ++digits) {
    SKYDEN_ASSIGN_OR_RETURN(c, TakeRune(text));
    if (c == '}') return digits == 0 ? none : std::optional<uint32_t>(value);
    const int digit = HexDigit(c);
    if (digit < 0) return none;
    value = value * 16 + static_cast<uint32_t>(digit);
    if (value > kRuneMax) return none;
  }
  return none;
}

absl::StatusOr<uint32_t> TakeClassRune(std::string_view& text, std::string_view whole) {
  if (text.empty()) return Wrong("missing closing ]", whole);
  return text.front() == '\\' ? TakeEscape(text) : TakeRune(text);
}

// `[:alnum:]`
absl::StatusOr<bool> TakeNamedClass(std::string_view& text) {
  const size_t end = text.find(":]", 2);
  if (end == std::string_view::npos) return false;
  const std::string_view name = text.substr(0, end + 2);
  if (!IsGoPosixClass(name.substr(2, end - 2))) {
    return Wrong("invalid character class range", name);
  }
  text.remove_prefix(name.size());
  return true;
}

}  // namespace

// `\d`, `\pL`, `\p{Greek}`
absl::StatusOr<bool> TakeClassEscape(std::string_view& text) {
  if (text.size() < 2 || text[0] != '\\') return false;
  if (std::string_view("dDsSwW").find(text[1]) < 6) {
    text.remove_prefix(2);
    return true;
  }
  if (text[1] != 'p' && text[1] != 'P') return false;
  std::string_view after = text.substr(2);
  SKYDEN_ASSIGN_OR_RETURN(const uint32_t first, TakeRune(after));
  std::string_view name = text.substr(2, text.size() - 2 - after.size());
  if (first == '{') {
    const size_t end = text.find('}');
    if (end == std::string_view::npos) {
      SKYDEN_RETURN_IF_ERROR(CheckUtf8(text));
      return Wrong("invalid character class range", text);
    }
    name = text.substr(3, end - 3);
    after = text.substr(end + 1);
    SKYDEN_RETURN_IF_ERROR(CheckUtf8(name));
  }
  const std::string_view sequence = text.substr(0, text.size() - after.size());
  if (name.starts_with('^')) name.remove_prefix(1);
  if (!IsGoUnicodeClass(name)) return Wrong("invalid character class range", sequence);
  text = after;
  return true;
}

absl::StatusOr<uint32_t> TakeEscape(std::string_view& text) {
  std::string_view after = text.substr(1);
  if (after.empty()) return Wrong("trailing backslash at end of expression", "");
  SKYDEN_ASSIGN_OR_RETURN(const uint32_t c, TakeRune(after));
  std::optional<uint32_t> value;
  if (c < 0x80 && !IsAsciiWord(c)) {
    value = c;
  } else if (c >= '0' && c <= '7') {
    value = TakeOctal(c, after);
  } else if (c == 'x') {
    SKYDEN_ASSIGN_OR_RETURN(value, TakeHex(after));
  } else if (const size_t at = std::string_view("afnrtv").find(static_cast<char>(c));
             c < 0x80 && at < 6) {
    value = static_cast<uint32_t>("\a\f\n\r\t\v"[at]);
  }
  if (!value) {
    return Wrong("invalid escape sequence", text.substr(0, text.size() - after.size()));
  }
  text = after;
  return *value;
}

absl::Status TakeClass(std::string_view& rest) {
  const std::string_view whole = rest;
  std::string_view text = rest.substr(1);
  if (text.starts_with('^')) text.remove_prefix(1);
  for (bool first = true; first || !text.starts_with(']'); first = false) {
    if (text.size() > 2 && text.starts_with("[:")) {
      SKYDEN_ASSIGN_OR_RETURN(const bool named, TakeNamedClass(text));
      if (named) continue;
    }
    SKYDEN_ASSIGN_OR_RETURN(const bool escaped, TakeClassEscape(text));
    if (escaped) continue;
    const std::string_view range = text;
    SKYDEN_ASSIGN_OR_RETURN(const uint32_t low, TakeClassRune(text, whole));
    if (text.size() < 2 || text[0] != '-' || text[1] == ']') continue;
    text.remove_prefix(1);
    SKYDEN_ASSIGN_OR_RETURN(const uint32_t high, TakeClassRune(text, whole));
    if (high < low) {
      return Wrong("invalid character class range", range.substr(0, range.size() - text.size()));
    }
  }
  rest = text.substr(1);
  return absl::OkStatus();
}

}  // namespace skyden::resources::go_regexp
