// SPDX-License-Identifier: Apache-2.0
// Texts made safe for JavaScript and URLs, as Go's templates do; for HTML: base/html.h.
#pragma once

#include <string>
#include <string_view>

namespace skyden::resources::go_template {

std::string EscapeJavaScript(std::string_view text);
std::string EscapeQuery(std::string_view text);

}  // namespace skyden::resources::go_template
