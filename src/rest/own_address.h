// SPDX-License-Identifier: Apache-2.0
// Where a browser believes us to be, and what it keeps for us there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skyden/http/request.h"

namespace skyden::rest {

struct OwnAddress {
  std::string origin;  // "https://host:port", as browsers write it
  // The session's cookie. On this machine ports share cookies, so its name has the port in it.
  std::string cookie_name;
  // Whether a browser keeps it: over TLS, or on its own machine.
  bool keeps_cookies = false;
};

// `public_address`: "https://host:port" as the settings have it, perhaps empty. It counts where the
// request names that host; else what ExternalOrigin says.
OwnAddress OwnAddressOf(const http::Request& request, std::string_view public_address,
                        const std::vector<std::string>& trusted_proxies);

}  // namespace skyden::rest
