// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace skyden::base {

// `text` made safe for HTML, in elements and in quoted attributes, as Go's templates and its server
// do: with numbers for quotes, and the replacement character for NUL.
std::string EscapeHtml(std::string_view text);

}  // namespace skyden::base
