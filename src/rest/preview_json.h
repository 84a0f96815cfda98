// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "rest/json_writer.h"
#include "rest/previews.h"

namespace skyden::rest {

// Within preview::limits; what is left out is counted. `scope`: resources that it may not read are
// not named.
std::string PreviewJson(const Deps& deps, const model::TenantScope& scope, const Preview& preview);

// Members of an open object: `changes`, `changes_left_out`. Likewise.
void WriteChanges(const Deps& deps, const model::TenantScope& scope,
                  const resources::Foresight& foresight, JsonWriter& json);

}  // namespace skyden::rest
