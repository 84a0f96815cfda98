// SPDX-License-Identifier: Apache-2.0
#include "resources/json/text_formats.h"

#include <cstddef>

#include "absl/time/time.h"
#include "skyden/base/strings.h"

namespace skyden::resources::json {
namespace {

bool IsBase64Char(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/';
}

}  // namespace

bool IsBase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return false;
  size_t padding = 0;
  while (padding < 2 && text[text.size() - 1 - padding] == '=') ++padding;
  for (size_t i = 0; i + padding < text.size(); ++i) {
    if (!IsBase64Char(text[i])) return false;
  }
  return true;
}

bool IsDateTime(std::string_view text) {
  absl::Time time;
  if (text.size() < 11 || text[10] != 'T' || text.back() == 'z') return false;
  return absl::ParseTime(absl::RFC3339_full, base::ToAbsl(text), &time, nullptr);
}

}  // namespace skyden::resources::json
