// SPDX-License-Identifier: Apache-2.0
// Paths with "." and ".." in them. Kuma's server never routes them: it sends whoever asks to the
// path without.
#pragma once

#include <optional>
#include <string_view>

#include "skyden/http/handler.h"

namespace skyden::rest {

// As Kuma answers, down to the path's escapes being escaped once more; nullopt when `path` has no
// such segment. `path` is the end of `request.path`, within the API: nothing climbs out of that.
// Doubled slashes alone are none of this: see the README.
std::optional<http::Response> WithoutDots(const http::Request& request, std::string_view path);

}  // namespace skyden::rest
