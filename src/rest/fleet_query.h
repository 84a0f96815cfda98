// SPDX-License-Identifier: Apache-2.0
// Questions across control planes: filters, sort, pages that begin where another ended.
#pragma once

#include "rest/object_reader.h"
#include "skyden/http/uri.h"
#include "skyden/insights/zone_list.h"

namespace skyden::rest {

// `filter[name]` without an operator looks for names that contain the text: people search for them.
Decoded<insights::ListZones> DecodeListZones(const http::Query& query);

// `top`: how many control planes are shown.
Decoded<size_t> DecodeTop(const http::Query& query);

}  // namespace skyden::rest
