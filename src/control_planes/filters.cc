// SPDX-License-Identifier: Apache-2.0
// `contains` does not look at the case of letters: it serves people who search. Equality does.
#include "control_planes/filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "skyden/base/limits.h"

namespace skyden::control_planes {
namespace {

using Filter = ListControlPlanes::Filter;

constexpr std::string_view kLabelPrefix = "labels.";
constexpr size_t kShownBytes = 80;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ContainsFolded(std::string_view text, std::string_view part) {
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

bool MatchesValue(std::string_view value, const Filter& filter) {
  switch (filter.op) {
    case Filter::Op::kExists:
      return true;
    case Filter::Op::kEq:
      return value == filter.value;
    case Filter::Op::kNeq:
      return value != filter.value;
    case Filter::Op::kContains:
      return ContainsFolded(value, filter.value);
    case Filter::Op::kOrEq:
      return AnyOf(filter.value, [value](std::string_view part) { return value == part; });
    case Filter::Op::kOrContains:
      return AnyOf(filter.value,
                   [value](std::string_view part) { return ContainsFolded(value, part); });
  }
  return false;
}

std::optional<std::string_view> ValueOf(const store::ControlPlaneRecord& record,
                                        std::string_view field) {
  if (field == "name") return record.name;
  const auto label = record.labels.find(field.substr(kLabelPrefix.size()));
  return label == record.labels.end() ? std::nullopt
                                      : std::optional<std::string_view>(label->second);
}

}  // namespace

void CheckFilters(const std::vector<Filter>& filters, Violations& violations) {
  if (filters.size() > base::limits::kControlPlaneFilters) {
    violations.push_back({"filter", fmt::format("must have at most {} conditions",
                                                base::limits::kControlPlaneFilters)});
    return;
  }
  for (const Filter& filter : filters) {
    const bool label =
        filter.field.starts_with(kLabelPrefix) && filter.field.size() > kLabelPrefix.size();
    if (label || (filter.field == "name" && filter.op != Filter::Op::kExists)) continue;
    violations.push_back(
        {fmt::format("filter[{}]", std::string_view(filter.field).substr(0, kShownBytes)),
         "is not a filter of this list"});
  }
}

bool Matches(const store::ControlPlaneRecord& record, const std::vector<Filter>& filters) {
  return std::all_of(filters.begin(), filters.end(), [&record](const Filter& filter) {
    const std::optional<std::string_view> value = ValueOf(record, filter.field);
    // A label that is not there is unlike every value.
    if (!value) return filter.op == Filter::Op::kNeq;
    return MatchesValue(*value, filter);
  });
}

}  // namespace skyden::control_planes
