// SPDX-License-Identifier: Apache-2.0
#include "resources/json/text_formats.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "resources/go/time.h"

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
  static const re2::RE2 kOfDay(
      "([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})");
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const size_t end_of_date = lower.find('t');
  if (end_of_date == std::string::npos) return false;
  if (!CheckGoTime(lower.substr(0, end_of_date) + "T00:00:00Z").ok()) return false;
  std::string of_day = lower.substr(end_of_date + 1);
  of_day.resize(std::min(of_day.size(), of_day.find('t')));  // of more than two parts, two count
  std::string hour, minute, second;
  return re2::RE2::FullMatch(of_day, kOfDay, &hour, &minute, &second) && hour <= "23" &&
         minute <= "59" && second <= "59";
}

}  // namespace skyden::resources::json
