// SPDX-License-Identifier: Apache-2.0
#include "tests/store/sql_text.h"

#include <algorithm>
#include <cctype>

namespace skyden::store::testing {
namespace {

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// First of `stops` at or after `from`, outside parentheses; the end when there is none.
size_t FirstStop(std::string_view text, size_t from, const std::vector<std::string_view>& stops) {
  int depth = 0;
  for (size_t i = from; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (depth != 0) continue;
    for (const std::string_view stop : stops) {
      if (text.substr(i, stop.size()) == stop) return i;
    }
  }
  return text.size();
}

}  // namespace

std::vector<std::string> Tokens(std::string_view sql) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < sql.size();) {
    if (sql[i] == '\'') {  // a string: one token, whatever it holds
      size_t end = sql.find('\'', i + 1);
      end = end == std::string_view::npos ? sql.size() : end + 1;
      tokens.emplace_back("''");
      i = end;
    } else if (IsWord(sql[i])) {
      std::string word;
      for (; i < sql.size() && IsWord(sql[i]); ++i) {
        word += static_cast<char>(std::toupper(static_cast<unsigned char>(sql[i])));
      }
      tokens.push_back(std::move(word));
    } else {
      if (sql[i] != ' ' && sql[i] != '\n') tokens.emplace_back(1, sql[i]);
      ++i;
    }
  }
  return tokens;
}

std::vector<Span> Parts(std::string_view text, Span region, std::string_view joint) {
  std::vector<Span> parts;
  const std::string_view inside = text.substr(0, region.end);
  for (size_t begin = region.begin; begin < region.end;) {
    const size_t end = FirstStop(inside, begin, {joint});
    parts.push_back({begin, end});
    begin = end + joint.size();
  }
  return parts;
}

std::vector<Span> Conditions(std::string_view sql) {
  static const std::vector<std::string_view> kStops = {
      " WHERE ", " ORDER BY", " GROUP BY", " RETURNING ", " LIMIT ", " JOIN ", " LEFT JOIN "};
  std::vector<Span> conditions;
  for (const std::string_view start : {std::string_view(" WHERE "), std::string_view(" ON ")}) {
    for (size_t at = sql.find(start); at != std::string_view::npos; at = sql.find(start, at + 1)) {
      const size_t begin = at + start.size();
      if (sql.substr(begin, 8) == "CONFLICT") continue;
      conditions.push_back({begin, FirstStop(sql, begin, kStops)});
    }
  }
  return conditions;
}

std::string Replace(std::string_view text, Span span, std::string_view by) {
  return std::string(text.substr(0, span.begin)) + std::string(by) +
         std::string(text.substr(span.end));
}

}  // namespace skyden::store::testing
