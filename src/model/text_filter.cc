// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/text_filter.h"

#include <algorithm>

namespace skyden::model {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ContainsFolded(std::string_view text, std::string_view part) {
  if (part.empty()) return true;  // of an empty text too
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return Lower(a) == Lower(b); }) != text.end();
}

// `test` holds for one of the comma-separated parts of `list`.
template <class Test>
bool AnyOf(std::string_view list, Test test) {
  while (true) {
    const size_t comma = list.find(',');
    if (test(list.substr(0, comma))) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

bool MatchesValue(std::string_view value, const TextFilter& filter) {
  switch (filter.op) {
    case TextFilter::Op::kExists:
      return true;
    case TextFilter::Op::kEq:
      return value == filter.value;
    case TextFilter::Op::kNeq:
      return value != filter.value;
    case TextFilter::Op::kContains:
      return ContainsFolded(value, filter.value);
    case TextFilter::Op::kOrEq:
      return AnyOf(filter.value, [value](std::string_view part) { return value == part; });
    case TextFilter::Op::kOrContains:
      return AnyOf(filter.value,
                   [value](std::string_view part) { return ContainsFolded(value, part); });
  }
  return false;
}

}  // namespace

bool Matches(std::optional<std::string_view> value, const TextFilter& filter) {
  if (!value) return filter.op == TextFilter::Op::kNeq;
  return MatchesValue(*value, filter);
}

}  // namespace skyden::model
