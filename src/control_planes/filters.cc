// SPDX-License-Identifier: Apache-2.0
#include "control_planes/filters.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"

namespace skyden::control_planes {
namespace {

using store::ControlPlaneRecord;
using Text = std::optional<std::string>;

constexpr model::FilterField<ControlPlaneRecord> kFields[] = {
    {"id", [](const ControlPlaneRecord& record, absl::Time) { return Text(record.id.str()); }},
    {"name", [](const ControlPlaneRecord& record, absl::Time) { return Text(record.name); }},
    {"description",
     [](const ControlPlaneRecord& record, absl::Time) { return Text(record.description); }},
    {"version",
     [](const ControlPlaneRecord& record, absl::Time) { return Text(record.api_version); }},
    {"created_at", [](const ControlPlaneRecord& record,
                      absl::Time) { return Text(base::FormatRfc3339(record.created_at)); }},
    {"updated_at", [](const ControlPlaneRecord& record,
                      absl::Time) { return Text(base::FormatRfc3339(record.updated_at)); }},
};

const model::Labels& LabelsOf(const ControlPlaneRecord& record) { return record.labels; }

}  // namespace

const model::Filterable<ControlPlaneRecord>& ControlPlaneFilters() {
  static constexpr model::Filterable<ControlPlaneRecord> filters{kFields, LabelsOf};
  return filters;
}

void CheckFilters(const std::vector<ListControlPlanes::Filter>& filters, Violations& violations) {
  if (filters.size() > base::limits::kControlPlaneFilters) {
    violations.push_back({"filter", fmt::format("must have at most {} conditions",
                                                base::limits::kControlPlaneFilters)});
    return;
  }
  for (auto& refused : model::RefusedFilters(model::NamesOf(ControlPlaneFilters()), filters)) {
    violations.push_back(std::move(refused));
  }
}

}  // namespace skyden::control_planes
