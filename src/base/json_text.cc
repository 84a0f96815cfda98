// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/json_text.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "skyden/base/utf8.h"

namespace skyden::base {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

// How many bytes from the first on stand for themselves.
size_t PlainLength(std::string_view text) {
  const auto plain = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\';
  };
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), plain) - text.begin());
}

void AppendEscaped(std::string& out, char c) {
  constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 0xf];
  }
}

}  // namespace

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    if (const size_t plain = PlainLength(text); plain > 0) {
      out += text.substr(0, plain);
      text.remove_prefix(plain);
      continue;
    }
    const size_t length = Utf8LengthOf(text.front());
    if (length == 1) {
      AppendEscaped(out, text.front());
      text.remove_prefix(1);
      continue;
    }
    if (length == 0 || !IsValidUtf8(text.substr(0, length))) {
      out += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    out += text.substr(0, length);
    text.remove_prefix(length);
  }
  out += '"';
}

bool JsonIsDeeperThan(std::string_view json, int depth) {
  int open = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++open > depth) return true;
    } else if (c == '}' || c == ']') {
      --open;
    }
  }
  return false;
}

void JsonObjectText::Name(std::string_view name) {
  if (text_.size() > 1) text_ += ',';
  AppendJsonString(text_, name);
  text_ += ':';
}

JsonObjectText& JsonObjectText::Text(std::string_view name, std::string_view value) {
  Name(name);
  AppendJsonString(text_, value);
  return *this;
}

JsonObjectText& JsonObjectText::TextIfAny(std::string_view name, std::string_view value) {
  return value.empty() ? *this : Text(name, value);
}

JsonObjectText& JsonObjectText::Raw(std::string_view name, std::string_view json) {
  Name(name);
  text_ += json;
  return *this;
}

std::string JsonObjectText::Take() {
  text_ += '}';
  std::string text = std::move(text_);
  text_.assign(1, '{');
  return text;
}

}  // namespace skyden::base
