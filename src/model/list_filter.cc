// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/list_filter.h"

#include <utility>

namespace skyden::model {
namespace {

constexpr std::string_view kLabels = "labels.";
constexpr size_t kShownBytes = 80;

// "a, b and c"
std::string Enumerated(const FilterNames& names) {
  std::vector<std::string_view> all = names.fields;
  if (names.labels) all.push_back("labels.<key>");
  std::string text;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i > 0) text += i + 1 == all.size() ? " and " : ", ";
    text += all[i];
  }
  return text;
}

}  // namespace

std::optional<std::string_view> LabelKeyOf(std::string_view field) {
  if (!field.starts_with(kLabels) || field.size() == kLabels.size()) return std::nullopt;
  return field.substr(kLabels.size());
}

std::string FilterRefusal(const FilterNames& names, std::string_view field) {
  if (names.labels && LabelKeyOf(field)) return "";
  const auto found = std::find(names.fields.begin(), names.fields.end(), field);
  if (found != names.fields.end()) return "";
  return "is not a filter of this list, which can be filtered by " + Enumerated(names);
}

std::vector<base::FieldViolation> RefusedFilters(const FilterNames& names,
                                                 const std::vector<TextFilter>& filters) {
  std::vector<base::FieldViolation> refused;
  for (const TextFilter& filter : filters) {
    std::string reason = FilterRefusal(names, filter.field);
    if (reason.empty()) continue;
    refused.push_back({"filter[" + filter.field.substr(0, kShownBytes) + "]", std::move(reason)});
  }
  return refused;
}

}  // namespace skyden::model
