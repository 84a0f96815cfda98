// SPDX-License-Identifier: Apache-2.0
// Questions across control planes: filters, sort, pages that begin where another ended.
#pragma once

#include "rest/fleet_watches.h"
#include "rest/object_reader.h"
#include "skyden/http/uri.h"
#include "skyden/insights/expiry.h"
#include "skyden/insights/zone_list.h"

namespace skyden::rest {

// `filter[name]` without an operator looks for names that contain the text: people search for them.
Decoded<insights::ListZones> DecodeListZones(const http::Query& query);

// `top`: how many control planes are shown.
Decoded<size_t> DecodeTop(const http::Query& query);

// `q`: what is looked for, without the blanks around it.
Decoded<std::string> DecodeSearch(const http::Query& query);
struct ListEndings {
  absl::Time before;
  std::vector<model::TextFilter> filters;  // of EndingFilters()
  size_t page_size = 100;
  std::string after;  // a place; empty: from the first
  bool as_calendar = false;
};
const model::Filterable<insights::Ending>& EndingFilters();
Decoded<ListEndings> DecodeListEndings(const http::Query& query, absl::Time now);
// `topic` and where to go on. Without topics: all of them, of the audit if the caller reads it.
Decoded<FleetWatchRequest> DecodeFleetWatch(const Call& call, bool reads_audit);

}  // namespace skyden::rest
