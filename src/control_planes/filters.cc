// SPDX-License-Identifier: Apache-2.0
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
    return model::Matches(ValueOf(record, filter.field), filter);
  });
}

}  // namespace skyden::control_planes
