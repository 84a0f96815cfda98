// SPDX-License-Identifier: Apache-2.0
// The query of the manager's lists: page[size], page[number], and filters:
// filter[name], filter[name][op], filter[labels.key], filter[labels.key][op].
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json_writer.h"
#include "object_reader.h"
#include "skyden/http/uri.h"
#include "skyden/model/text_filter.h"

namespace skyden::rest {

struct PageQuery {
  size_t size = 10;
  size_t number = 1;  // from 1
  std::vector<model::TextFilter> filters;
};

// What a list can be filtered by.
struct Filterable {
  std::vector<std::string_view> fields;
  std::string_view described;  // "name and labels", for the error
  bool labels = false;         // labels.<key> as well
};
Decoded<PageQuery> DecodePage(const http::Query& query, const Filterable& filterable);

// {"meta":{"page":{...}},"data":[ ... ]}
void BeginPage(size_t size, size_t number, uint64_t total, JsonWriter& json);
void EndPage(JsonWriter& json);

}  // namespace skyden::rest
