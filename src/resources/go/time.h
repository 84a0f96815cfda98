// SPDX-License-Identifier: Apache-2.0
// Times as Go's time.Time reads them from JSON, down to its error texts.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace skyden::resources {

// OK when `text` is a time in RFC 3339 as Time.UnmarshalJSON takes it; INVALID_ARGUMENT in Go's
// words otherwise.
absl::Status CheckGoTime(std::string_view text);

// What it says of JSON that is no string.
absl::Status NoTimeText();

}  // namespace skyden::resources
