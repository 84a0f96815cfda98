// SPDX-License-Identifier: Apache-2.0
// Percent-encoding, queries, and comparison of header names. Pure.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skyden::http {

bool EqualsIgnoringCase(std::string_view a, std::string_view b);  // ASCII

enum class Plus { kLiteral, kSpace };  // paths, queries
// nullopt when an escape is malformed.
std::optional<std::string> PercentDecode(std::string_view text, Plus plus);
// Escapes all but letters, digits and "-_.~", as queries are written.
std::string PercentEncode(std::string_view text);
// "name=value&...", as queries and forms are written; names as they are.
std::string EncodeForm(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

// The parameters of a query, decoded, in the order sent. A pair that does not decode is skipped.
class Query {
 public:
  Query() = default;
  explicit Query(std::string_view text);

  // First value, or nullopt.
  std::optional<std::string_view> Get(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }
  bool empty() const { return pairs_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace skyden::http
