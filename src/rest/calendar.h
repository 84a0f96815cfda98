// SPDX-License-Identifier: Apache-2.0
// What ends, as a calendar that programs subscribe to (RFC 5545).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "skyden/insights/expiry.h"

namespace skyden::rest {

// An event for each, with an alarm a week before. Names of others are text in it, whatever they
// say. `where`: the daemon's address, for links; may be empty.
std::string EndingsCalendar(const std::vector<insights::Ending>& endings, absl::Time now,
                            std::string_view where);

}  // namespace skyden::rest
