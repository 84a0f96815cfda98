// SPDX-License-Identifier: Apache-2.0
#include "rest/openapi_yaml.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <set>

namespace skyden::rest {
namespace {

using Json = nlohmann::ordered_json;

// yaml-cpp's mark of a scalar that was quoted.
constexpr char kQuoted[] = "!";

Json ScalarOf(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  if (node.Tag() == kQuoted) return text;
  if (text == "true") return true;
  if (text == "false") return false;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  return text;
}

Json ToJson(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map: {
      Json object = Json::object();
      for (const auto& entry : node) object[entry.first.Scalar()] = ToJson(entry.second);
      return object;
    }
    case YAML::NodeType::Sequence: {
      Json array = Json::array();
      for (const YAML::Node& item : node) array.push_back(ToJson(item));
      return array;
    }
    case YAML::NodeType::Scalar:
      return ScalarOf(node);
    default:
      return nullptr;
  }
}

// Whether YAML reads it back as the same text without quotes.
bool IsPlain(const std::string& text) {
  static const std::set<std::string> kOtherThings = {"true", "false", "null", "yes", "no",
                                                     "on",   "off",   "y",    "n"};
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || (!is_letter(text.front()) && text.front() != '/')) return false;
  if (text.back() == ' ') return false;
  std::string lower;
  for (const char c : text) {
    if (!is_letter(c) && (c < '0' || c > '9') &&
        std::string_view("-_./{}+ ").find(c) == std::string_view::npos) {
      return false;
    }
    lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return !kOtherThings.contains(lower);
}

std::string TextOf(const std::string& text) { return IsPlain(text) ? text : Json(text).dump(); }

bool IsNested(const Json& value) { return value.is_structured() && !value.empty(); }

void Print(const Json& value, size_t indent, std::string& out);

// What follows "key:" or "-" on its line and below. Members of a list's item begin on that line.
void PrintAfter(const Json& value, size_t indent, std::string& out) {
  if (!IsNested(value)) {
    out += ' ';
    out += value.is_string() ? TextOf(value.get_ref<const std::string&>()) : value.dump();
    out += '\n';
    return;
  }
  out += '\n';
  Print(value, indent, out);
}

void Print(const Json& value, size_t indent, std::string& out) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      out.append(indent, ' ');
      out += TextOf(key);
      out += ':';
      PrintAfter(member, member.is_array() ? indent : indent + 2, out);
    }
    return;
  }
  for (const Json& item : value) {
    out.append(indent, ' ');
    out += '-';
    if (!item.is_object() || item.empty()) {
      PrintAfter(item, indent + 2, out);
      continue;
    }
    std::string members;
    Print(item, indent + 2, members);
    out += ' ';
    out += members.substr(indent + 2);
  }
}

}  // namespace

absl::StatusOr<Json> ReadYaml(std::string_view text) {
  try {
    return ToJson(YAML::Load(std::string(text)));
  } catch (const std::exception& e) {
    return absl::InternalError(e.what());
  }
}

std::string PrintYaml(const Json& value) {
  std::string out;
  Print(value, 0, out);
  return out;
}

}  // namespace skyden::rest
