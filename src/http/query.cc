// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "skyden/http/uri.h"

namespace skyden::http {

Query::Query(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    // As Go reads queries: what holds a semicolon may have been meant as two pairs, so it is none.
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    auto name = PercentDecode(pair.substr(0, equals), Plus::kSpace);
    auto value = PercentDecode(pair.substr(std::min(equals + 1, pair.size())), Plus::kSpace);
    if (name && value) pairs_.emplace_back(*std::move(name), *std::move(value));
  }
}

std::optional<std::string_view> Query::Get(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace skyden::http
