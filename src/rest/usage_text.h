// SPDX-License-Identifier: Apache-2.0
// What control planes used, as JSON and as CSV (RFC 4180).
#pragma once

#include <string>

#include "skyden/insights/usage.h"

namespace skyden::rest {

std::string UsageJson(const insights::UsageRequest& request, const insights::UsagePage& page);
// A head, and a line for each.
std::string UsageCsv(const insights::UsagePage& page);

}  // namespace skyden::rest
