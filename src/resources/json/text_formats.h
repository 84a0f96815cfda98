// SPDX-License-Identifier: Apache-2.0
// Formats of strings that Kuma's schemas name.
#pragma once

#include <string_view>

namespace skyden::resources::json {

// At least one group of four; padding at the end only.
bool IsBase64(std::string_view text);
// A date and a time of day with seconds and a zone, as the check of schemas takes it: more than
// Go's time.Time takes afterwards.
bool IsDateTime(std::string_view text);

}  // namespace skyden::resources::json
