// SPDX-License-Identifier: Apache-2.0
// What lists of items can be filtered by: the members that the items are shown with. One table for
// each kind of item serves every edge.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "skyden/base/status.h"
#include "skyden/model/labels.h"
#include "skyden/model/text_filter.h"

namespace skyden::model {

template <class T>
struct FilterField {
  std::string_view name;  // as it is shown
  // As it is shown at `now`; nullopt: the item has none.
  std::optional<std::string> (*text)(const T& item, absl::Time now);
};

// Immutable. Refers to tables that live for ever.
template <class T>
struct Filterable {
  std::span<const FilterField<T>> fields;
  const Labels& (*labels)(const T& item) = nullptr;  // filtered as "labels.<key>"
};

// The same without the items: what can be asked for.
struct FilterNames {
  std::vector<std::string_view> fields;
  bool labels = false;
};

template <class T>
FilterNames NamesOf(const Filterable<T>& filterable) {
  FilterNames names;
  for (const FilterField<T>& field : filterable.fields) names.fields.push_back(field.name);
  names.labels = filterable.labels != nullptr;
  return names;
}

// The key in "labels.<key>"; nullopt for anything else.
std::optional<std::string_view> LabelKeyOf(std::string_view field);

// Why a list cannot be filtered by `field`, and by what it can; empty when it can.
std::string FilterRefusal(const FilterNames& names, std::string_view field);

// One for each filter that the list does not have. Fields of foreign length are cut.
std::vector<base::FieldViolation> RefusedFilters(const FilterNames& names,
                                                 const std::vector<TextFilter>& filters);

// Whether `item` passes every filter. One by which the list cannot be filtered is passed by nothing
// but what is unlike every value.
template <class T>
bool PassesAll(const T& item, const Filterable<T>& filterable,
               const std::vector<TextFilter>& filters, absl::Time now) {
  return std::all_of(filters.begin(), filters.end(), [&](const TextFilter& filter) {
    for (const FilterField<T>& field : filterable.fields) {
      if (field.name == filter.field) return Matches(field.text(item, now), filter);
    }
    const auto key = LabelKeyOf(filter.field);
    if (!key || filterable.labels == nullptr) return Matches(std::nullopt, filter);
    const Labels& labels = filterable.labels(item);
    const auto found = labels.find(*key);
    return Matches(
        found == labels.end() ? std::nullopt : std::optional<std::string_view>(found->second),
        filter);
  });
}

// Counts what a list has, and says which of it a page shows. Thread-compatible.
class PageWindow {
 public:
  PageWindow(size_t size, size_t number) : size_(size), number_(number) {}  // both from 1
  // Counts one more; whether the page shows it.
  bool Shows() { return total_++ / size_ == number_ - 1; }
  uint64_t total() const { return total_; }

 private:
  size_t size_;
  size_t number_;
  uint64_t total_ = 0;
};

}  // namespace skyden::model
