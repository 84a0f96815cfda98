// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace skyden::resources {

// What a JSON string says. `raw`: valid, without its quotes. Halves of a surrogate pair that have
// lost each other become U+FFFD, as Go reads them.
std::string UnescapeJson(std::string_view raw);

}  // namespace skyden::resources
