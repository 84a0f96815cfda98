// SPDX-License-Identifier: Apache-2.0
// Just enough reading of SQL text for the prover and the mutants: words, conditions and their
// parts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skyden::store::testing {

// A stretch of a text.
struct Span {
  size_t begin = 0;
  size_t end = 0;
  std::string In(std::string_view text) const {
    return std::string(text.substr(begin, end - begin));
  }
};

// Upper-cased words (letters, digits, '_') outside of quotes, and each other mark by itself.
std::vector<std::string> Tokens(std::string_view sql);

// The parts, joined by `joint` (" AND ", " OR "), of the condition in `region`.
std::vector<Span> Parts(std::string_view text, Span region, std::string_view joint);

// The conditions of a statement: what follows WHERE, and ON of a join.
std::vector<Span> Conditions(std::string_view sql);

// `text` with `span` replaced.
std::string Replace(std::string_view text, Span span, std::string_view by);

}  // namespace skyden::store::testing
