// SPDX-License-Identifier: Apache-2.0
// What was there and is no longer kept: 410 to who asks over HTTP.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace skyden::base {

// OUT_OF_RANGE with `message`, which says what can be asked for instead, marked.
absl::Status Gone(std::string_view message);
bool IsGone(const absl::Status& status);

}  // namespace skyden::base
