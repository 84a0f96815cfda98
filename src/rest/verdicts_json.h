// SPDX-License-Identifier: Apache-2.0
// What zones refuse and are not sent, as the manager API shows it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/list_filter.h"
#include "skyden/model/type_registry.h"

namespace skyden::rest {

// A verdict with the name of its type. Views of what must outlive it.
template <class Verdict>
struct OfType {
  const Verdict& verdict;
  std::string_view type;
};

const model::Filterable<OfType<kds::RefusedResource>>& RejectedResourceFilters();
const model::Filterable<OfType<kds::WithheldType>>& WithheldTypeFilters();

// Those that pass the filters.
std::string RejectedResourcesJson(const model::TypeRegistry& registry,
                                  const std::vector<kds::RefusedResource>& refused,
                                  const std::vector<model::TextFilter>& filters, absl::Time now);
std::string WithheldTypesJson(const model::TypeRegistry& registry,
                              const std::vector<kds::WithheldType>& withheld,
                              const std::vector<model::TextFilter>& filters, absl::Time now);

}  // namespace skyden::rest
