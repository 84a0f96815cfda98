// SPDX-License-Identifier: Apache-2.0
// What browsers are told with every answer that they show: what it may do, and who may look at it.
#pragma once

#include <string>
#include <string_view>

#include "skyden/http/handler.h"
#include "skyden/http/request.h"

namespace skyden::console {

// Of our own pages: nothing from elsewhere, no script but our files, and no text is ever made HTML.
inline constexpr std::string_view kConsolePolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

// Of Kuma's GUI, which writes styles itself and has a <base>. Its call for Kuma's newest version,
// which would tell kuma.io of every visit, stays inside.
inline constexpr std::string_view kKumaGuiPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; "
    "form-action 'none'; frame-ancestors 'self'";

void AddHeaders(const http::Request& request, std::string_view policy, http::Response& response);
// A 404 of plain text, with the same headers.
http::Response NotFoundText(const http::Request& request, std::string_view policy,
                            std::string text);

}  // namespace skyden::console
