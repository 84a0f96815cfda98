// SPDX-License-Identifier: Apache-2.0
// The query of the manager's lists: page[size], page[number], and filters:
// filter[name], filter[name][op], filter[labels.key], filter[labels.key][op]. The operators are eq
// (which is meant without one), neq, contains, oeq and ocontains; the last two take alternatives,
// separated by commas. A label without operator and value must only be there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rest/json_writer.h"
#include "rest/object_reader.h"
#include "skyden/http/uri.h"
#include "skyden/model/list_filter.h"

namespace skyden::rest {

// As the name of every filter begins, of Kuma's lists too.
inline constexpr std::string_view kFilterBegins = "filter[";

// What a filter compares with: nothing where there is no text.
inline std::optional<std::string> GivenText(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}

struct PageQuery {
  size_t size = 10;
  size_t number = 1;  // from 1
  std::vector<model::TextFilter> filters;
};

// `names`: what the list can be filtered by.
Decoded<PageQuery> DecodePage(const http::Query& query, const model::FilterNames& names);
// The same of a list that is shown whole.
Decoded<std::vector<model::TextFilter>> DecodeFilters(const http::Query& query,
                                                      const model::FilterNames& names);

// The number that the whole of `text` is; nullopt when it is none within the bounds.
std::optional<size_t> ReadNumber(std::string_view text, size_t min, size_t max);

// Ends the decoding of a query: `value` unless something was refused.
template <class T>
Decoded<T> Settled(Decoded<T> decoded, T value) {
  if (decoded.invalid.empty()) {
    decoded.value = std::move(value);
  } else {
    decoded.detail = DetailOf(decoded.invalid);
  }
  return decoded;
}

// {"meta":{"page":{...}},"data":[ ... ]}
void BeginPage(size_t size, size_t number, uint64_t total, JsonWriter& json);
void EndPage(JsonWriter& json);

// The page of `all` that was asked for, of what passes the filters. `write(item, json)`.
template <class T, class Write>
std::string PageOf(const PageQuery& query, const std::vector<T>& all,
                   const model::Filterable<T>& filterable, absl::Time now, Write write) {
  model::PageWindow window(query.size, query.number);
  std::vector<const T*> shown;
  for (const T& item : all) {
    if (model::PassesAll(item, filterable, query.filters, now) && window.Shows()) {
      shown.push_back(&item);
    }
  }
  JsonWriter json;
  BeginPage(query.size, query.number, window.total(), json);
  for (const T* item : shown) write(*item, json);
  EndPage(json);
  return json.Take();
}

}  // namespace skyden::rest
