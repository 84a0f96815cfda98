// SPDX-License-Identifier: Apache-2.0
// The grammars are regular and small, so they are walked by hand: a character test and a rule for
// the ends.
#include "resources/labels/text_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "skyden/base/limits.h"

namespace skyden::resources {
namespace {

constexpr size_t kLabelPartBytes = 63;
constexpr std::string_view kTooLong63 = "must be no more than 63 bytes";
constexpr std::string_view kEmpty = "must be non-empty";
constexpr std::string_view kKeyShape =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    "validation "
    "is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr std::string_view kValueShape =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
    "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or "
    "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
constexpr std::string_view kSubdomainShape =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    "'.', "
    "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
    "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsAlphanumeric(char c) { return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z'); }

}  // namespace

bool IsDnsSubdomain(std::string_view text) {
  char previous = '.';
  for (const char c : text) {
    if (c == '.') {
      if (!IsLowerOrDigit(previous)) return false;
    } else if (c == '-') {
      if (previous == '.') return false;
    } else if (!IsLowerOrDigit(c)) {
      return false;
    }
    previous = c;
  }
  return IsLowerOrDigit(previous);
}

bool IsQualifiedNamePart(std::string_view text) {
  if (text.empty() || !IsAlphanumeric(text.front()) || !IsAlphanumeric(text.back())) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

std::vector<std::string> CheckLabelKey(std::string_view key) {
  std::vector<std::string> wrong;
  std::string_view name = key;
  if (const size_t slash = key.find('/'); slash != std::string_view::npos) {
    const std::string_view prefix = key.substr(0, slash);
    name = key.substr(slash + 1);
    if (name.find('/') != std::string_view::npos) {
      return {
          fmt::format("a valid label key {} with an optional DNS subdomain prefix and '/' (e.g. "
                      "'example.com/MyName')",
                      kKeyShape)};
    }
    if (prefix.empty()) {
      wrong.push_back(fmt::format("prefix part {}", kEmpty));
    } else {
      if (prefix.size() > base::limits::kNameBytes) {
        wrong.emplace_back("prefix part must be no more than 253 bytes");
      }
      if (!IsDnsSubdomain(prefix)) wrong.push_back(fmt::format("prefix part {}", kSubdomainShape));
    }
  }
  if (name.empty()) {
    wrong.push_back(fmt::format("name part {}", kEmpty));
  } else if (name.size() > kLabelPartBytes) {
    wrong.push_back(fmt::format("name part {}", kTooLong63));
  }
  if (!IsQualifiedNamePart(name)) wrong.push_back(fmt::format("name part {}", kKeyShape));
  return wrong;
}

std::vector<std::string> CheckLabelValue(std::string_view value) {
  std::vector<std::string> wrong;
  if (value.size() > kLabelPartBytes) wrong.emplace_back(kTooLong63);
  if (!value.empty() && !IsQualifiedNamePart(value)) wrong.emplace_back(kValueShape);
  return wrong;
}

std::string CheckResourceName(std::string_view name) {
  if (name.empty()) return "cannot be empty";
  if (name.size() > base::limits::kNameBytes) return "value length must less or equal 253";
  if (IsDnsSubdomain(name)) return "";
  return "invalid characters. A lowercase RFC 1123 subdomain must consist of lower case "
         "alphanumeric "
         "characters, '-' or '.', and must start and end with an alphanumeric character";
}

std::string CheckMeshOfResource(std::string_view name) {
  if (name.empty()) return "cannot be empty";
  if (name.size() > base::limits::kNameBytes) return "value length must less or equal 253";
  const bool allowed = std::all_of(name.begin(), name.end(), [](char c) {
    return IsLowerOrDigit(c) || c == '-' || c == '_' || c == '.';
  });
  if (allowed) return "";
  return "invalid characters. Valid characters are numbers, lowercase latin letters and '-', '_', "
         "'.' "
         "symbols.";
}

}  // namespace skyden::resources
