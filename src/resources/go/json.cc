// SPDX-License-Identifier: Apache-2.0
// Access to values whose syntax was checked: nothing here runs off the end of a checked text.
#include "resources/go/json.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

#include "resources/go/json_escape.h"
#include "resources/go/text.h"
#include "skyden/base/status.h"

namespace skyden::resources::go_json {
namespace {

void SkipSpace(std::string_view text, size_t& at) {
  while (at < text.size() && IsSpace(text[at])) ++at;
}

void SkipString(std::string_view text, size_t& at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  ++at;
}

// Takes the value that begins at `at` and steps behind it.
std::string_view TakeValue(std::string_view text, size_t& at) {
  SkipSpace(text, at);
  const size_t begin = at;
  int open = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      SkipString(text, at);
    } else if (c == '{' || c == '[') {
      ++open;
      ++at;
    } else if (c == '}' || c == ']') {
      if (open == 0) break;  // the end of what holds a bare scalar
      --open;
      ++at;
    } else if (open == 0 && (c == ',' || IsSpace(c))) {
      break;
    } else {
      ++at;
      if (open > 0) continue;
      while (at < text.size() && text[at] != ',' && text[at] != '}' && text[at] != ']' &&
             !IsSpace(text[at])) {
        ++at;
      }
    }
    if (open == 0) break;
  }
  return text.substr(begin, std::min(at, text.size()) - begin);
}

std::string Unquote(std::string_view raw) {
  return ToValidUtf8(UnescapeJson(raw.substr(1, raw.size() - 2)));
}

int Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

absl::Status BadBase64(size_t at) {
  return absl::InvalidArgumentError(fmt::format("illegal base64 data at input byte {}", at));
}

// The alphabet with padding; line breaks anywhere do not count, as in Go.
absl::StatusOr<std::string> DecodeBase64(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int have = 0;
  size_t at = 0;
  const auto skip_breaks = [&] {
    while (at < text.size() && (text[at] == '\n' || text[at] == '\r')) ++at;
  };
  for (skip_breaks(); at < text.size(); skip_breaks()) {
    const int value = Base64Value(text[at]);
    if (value < 0) break;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    ++at;
    if (++have < 4) continue;
    out += static_cast<char>((bits >> 16) & 0xFF);
    out += static_cast<char>((bits >> 8) & 0xFF);
    out += static_cast<char>(bits & 0xFF);
    have = 0;
    bits = 0;
  }
  if (at == text.size()) {
    if (have == 0) return out;
    return BadBase64(at - static_cast<size_t>(have));
  }
  if (text[at] != '=' || have < 2) return BadBase64(at);
  if (have == 2) {
    ++at;
    skip_breaks();
    if (at == text.size()) return BadBase64(text.size());
    if (text[at] != '=') return BadBase64(at);
  }
  ++at;
  skip_breaks();
  if (at < text.size()) return BadBase64(at);
  bits <<= 6 * (4 - have);
  out += static_cast<char>((bits >> 16) & 0xFF);
  if (have == 3) out += static_cast<char>((bits >> 8) & 0xFF);
  return out;
}

template <class Float>
absl::StatusOr<Float> FloatingOf(std::string_view raw, std::string_view go_type) {
  if (IsNull(raw)) return Float{0};
  if (KindOf(raw) != "number") return Mismatch(raw, go_type);
  Float value = 0;
  const auto result = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (result.ec == std::errc()) return value;
  // from_chars does not tell "too large" from "too small", which is a plain zero.
  const double wide = std::strtod(std::string(raw).c_str(), nullptr);
  if (std::fabs(wide) < 1) return static_cast<Float>(wide);
  return Mismatch(raw, go_type);
}

}  // namespace

std::string_view Trim(std::string_view raw) {
  while (!raw.empty() && IsSpace(raw.front())) raw.remove_prefix(1);
  while (!raw.empty() && IsSpace(raw.back())) raw.remove_suffix(1);
  return raw;
}

std::string_view KindOf(std::string_view raw) {
  switch (raw.empty() ? 'n' : raw[0]) {
    case '{':
      return "object";
    case '[':
      return "array";
    case '"':
      return "string";
    case 't':
    case 'f':
      return "bool";
    case 'n':
      return "null";
    default:
      return "number";
  }
}

absl::Status Mismatch(std::string_view raw, std::string_view go_type) {
  const std::string_view kind = KindOf(raw);
  // Only a number that is a number, but not one of this type, is shown.
  const bool numeric = kind == "number" && go_type != "string" && go_type != "bool" &&
                       go_type.find('[') == std::string_view::npos && !go_type.starts_with("v1");
  return absl::InvalidArgumentError(
      numeric
          ? fmt::format("json: cannot unmarshal number {} into Go value of type {}", raw, go_type)
          : fmt::format("json: cannot unmarshal {} into Go value of type {}", kind, go_type));
}

void ForEachMember(std::string_view raw,
                   absl::FunctionRef<void(std::string_view name, std::string_view value)> fn) {
  size_t at = 1;
  for (SkipSpace(raw, at); at < raw.size() && raw[at] == '"'; SkipSpace(raw, at)) {
    const size_t begin = at;
    SkipString(raw, at);
    const std::string name = Unquote(raw.substr(begin, at - begin));
    SkipSpace(raw, at);
    ++at;  // the colon
    const std::string_view value = TakeValue(raw, at);
    fn(name, value);
    SkipSpace(raw, at);
    ++at;  // the comma or the brace
  }
}

absl::StatusOr<Members> MembersOf(std::string_view raw) {
  Members members;
  if (IsNull(raw)) return members;
  if (KindOf(raw) != "object") return Mismatch(raw, "map[string]json.RawMessage");
  ForEachMember(raw, [&](std::string_view name, std::string_view value) {
    members[std::string(name)] = value;
  });
  return members;
}

absl::StatusOr<std::vector<std::string_view>> ElementsOf(std::string_view raw) {
  std::vector<std::string_view> elements;
  if (IsNull(raw)) return elements;
  if (KindOf(raw) != "array") return Mismatch(raw, "[]json.RawMessage");
  size_t at = 1;
  for (SkipSpace(raw, at); at < raw.size() && raw[at] != ']'; SkipSpace(raw, at)) {
    elements.push_back(TakeValue(raw, at));
    SkipSpace(raw, at);
    if (at < raw.size() && raw[at] == ',') ++at;
  }
  return elements;
}

absl::StatusOr<bool> BoolOf(std::string_view raw) {
  if (IsNull(raw)) return false;
  if (KindOf(raw) != "bool") return Mismatch(raw, "bool");
  return raw == "true";
}

absl::StatusOr<std::string> StringOf(std::string_view raw) {
  if (IsNull(raw)) return std::string();
  if (KindOf(raw) != "string") return Mismatch(raw, "string");
  return Unquote(raw);
}

absl::StatusOr<std::string> BytesOf(std::string_view raw) {
  if (KindOf(raw) == "string") return DecodeBase64(Unquote(raw));
  if (KindOf(raw) != "array" && !IsNull(raw)) return Mismatch(raw, "[]uint8");
  std::string bytes;
  SKYDEN_ASSIGN_OR_RETURN(const auto elements, ElementsOf(raw));
  for (const std::string_view element : elements) {
    SKYDEN_ASSIGN_OR_RETURN(const uint64_t byte, UintOf(element, "uint8", 255));
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

absl::StatusOr<int64_t> IntOf(std::string_view raw, std::string_view go_type, int64_t min,
                              int64_t max) {
  if (IsNull(raw)) return 0;
  int64_t value = 0;
  const auto result = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (result.ec != std::errc() || result.ptr != raw.data() + raw.size() || value < min ||
      value > max) {
    return Mismatch(raw, go_type);
  }
  return value;
}

absl::StatusOr<uint64_t> UintOf(std::string_view raw, std::string_view go_type, uint64_t max) {
  if (IsNull(raw)) return uint64_t{0};
  uint64_t value = 0;
  const auto result = std::from_chars(raw.data(), raw.data() + raw.size(), value);
  if (result.ec != std::errc() || result.ptr != raw.data() + raw.size() || value > max) {
    return Mismatch(raw, go_type);
  }
  return value;
}

absl::StatusOr<double> DoubleOf(std::string_view raw) { return FloatingOf<double>(raw, "float64"); }

absl::StatusOr<float> FloatOf(std::string_view raw) { return FloatingOf<float>(raw, "float32"); }

}  // namespace skyden::resources::go_json
