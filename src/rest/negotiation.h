// SPDX-License-Identifier: Apache-2.0
// What is decided about a request before anybody looks at what it asks for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "skyden/http/request.h"

namespace skyden::rest {

// 415 or 406 when the request's Content-Type or Accept does not go with JSON; nullopt when it does.
std::optional<int> RefusedRepresentation(const http::Request& request);

// Whether the client knows errors as application/problem+json: it asked for them so.
bool TakesProblems(const http::Request& request);

// Where the client believes us to be: "https://host:port", without a slash at the end. Forwarded
// headers count only when the request came from one of `trusted_proxies` (IP addresses).
std::string ExternalOrigin(const http::Request& request,
                           const std::vector<std::string>& trusted_proxies);

// The address of whoever asks: the connection's, or what a trusted proxy says of it.
std::string CallerAddress(const http::Request& request,
                          const std::vector<std::string>& trusted_proxies);

// A list's link to its next page: the client's own URL with another offset.
std::string NextLink(const http::Request& request, const std::vector<std::string>& trusted_proxies,
                     size_t offset);

}  // namespace skyden::rest
