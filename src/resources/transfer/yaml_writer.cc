// SPDX-License-Identifier: Apache-2.0
// As Go's YAML prints: two blanks a level, lists not indented below their name. A string stands
// without quotes when it is made of harmless characters and reads back as a string; otherwise it is
// written as in JSON, which YAML's double quotes understand.
#include "resources/transfer/yaml_writer.h"

#include <algorithm>

#include "resources/go/json.h"
#include "resources/go/text.h"
#include "resources/go/yaml_scalar.h"

namespace skyden::resources {
namespace {

constexpr size_t kStep = 2;

bool IsHarmless(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-' || c == '/' || c == '+' || c == '=';
}

bool LooksLikeTime(std::string_view text) {
  return text.size() >= 8 && text[4] == '-' && text[0] >= '0' && text[0] <= '9';
}

void AppendText(std::string_view text, std::string& out) {
  const bool plain = !text.empty() && text.front() != '-' && text.front() != '=' &&
                     std::all_of(text.begin(), text.end(), IsHarmless) && !LooksLikeTime(text);
  const std::string json = GoJsonString(text);
  if (plain && PlainScalarToJson(text) == json) {
    out += text;
  } else {
    out += json;
  }
}

bool IsEmpty(std::string_view raw) { return go_json::Trim(raw.substr(1, raw.size() - 2)).empty(); }

void AppendObject(std::string_view raw, size_t indent, std::string& out);
void AppendList(std::string_view raw, size_t indent, std::string& out);

// A value behind "name:" or "-" on the same line, or below it.
void AppendBehindName(std::string_view raw, size_t indent, std::string& out) {
  const std::string_view kind = go_json::KindOf(raw);
  if (kind == "object" && !IsEmpty(raw)) {
    out += '\n';
    AppendObject(raw, indent + kStep, out);
  } else if (kind == "array" && !IsEmpty(raw)) {
    out += '\n';
    AppendList(raw, indent, out);
  } else {
    out += ' ';
    if (kind == "string") {
      AppendText(go_json::StringOf(raw).value_or(""), out);
    } else if (kind == "object") {
      out += "{}";
    } else if (kind == "array") {
      out += "[]";
    } else {
      out += raw == "-0" ? "-0.0" : raw;  // the former reads back as 0
    }
    out += '\n';
  }
}

// `first_indent`: blanks before the first member, which may stand behind a dash.
void AppendMembers(std::string_view raw, size_t indent, size_t first_indent, std::string& out) {
  const auto members = go_json::MembersOf(raw);
  if (!members.ok()) return;
  size_t blanks = first_indent;
  for (const auto& [name, value] : *members) {
    out.append(blanks, ' ');
    blanks = indent;
    AppendText(name, out);
    out += ':';
    AppendBehindName(value, indent, out);
  }
}

void AppendObject(std::string_view raw, size_t indent, std::string& out) {
  AppendMembers(raw, indent, indent, out);
}

void AppendList(std::string_view raw, size_t indent, std::string& out) {
  const auto elements = go_json::ElementsOf(raw);
  if (!elements.ok()) return;
  for (const std::string_view element : *elements) {
    out.append(indent, ' ');
    out += '-';
    const std::string_view kind = go_json::KindOf(element);
    if (kind == "object" && !IsEmpty(element)) {
      out += ' ';
      AppendMembers(element, indent + kStep, 0, out);
    } else if (kind == "array" && !IsEmpty(element)) {
      out += '\n';
      AppendList(element, indent + kStep, out);
    } else {
      AppendBehindName(element, indent, out);
    }
  }
}

}  // namespace

void AppendYaml(std::string_view raw, std::string& out) {
  if (IsEmpty(raw)) {
    out += "{}\n";
    return;
  }
  AppendObject(raw, 0, out);
}

}  // namespace skyden::resources
