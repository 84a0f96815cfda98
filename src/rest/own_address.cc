// SPDX-License-Identifier: Apache-2.0
#include "rest/own_address.h"

#include <fmt/format.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "rest/negotiation.h"
#include "skyden/base/strings.h"

namespace skyden::rest {
namespace {

constexpr std::string_view kCookie = "__Host-skyden";
constexpr std::string_view kHttps = "https://";

// "host:port" of an origin.
std::string_view AuthorityOf(std::string_view origin) {
  const size_t at = origin.find("://");
  return at == std::string_view::npos ? origin : origin.substr(at + 3);
}

struct Authority {
  std::string_view host;  // "[::1]" in its brackets
  std::string_view port;  // empty when there is none
};

Authority SplitAuthority(std::string_view authority) {
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  if (!has_port) return {authority, {}};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

// As browsers decide whether http is as good as https.
bool IsThisMachine(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

}  // namespace

OwnAddress OwnAddressOf(const http::Request& request, std::string_view public_address,
                        const std::vector<std::string>& trusted_proxies) {
  OwnAddress own;
  own.origin = absl::AsciiStrToLower(ExternalOrigin(request, trusted_proxies));
  const std::string published = absl::AsciiStrToLower(base::ToAbsl(public_address));
  if (!published.empty() && AuthorityOf(own.origin) == AuthorityOf(published)) {
    own.origin = published;
  }
  const Authority authority = SplitAuthority(AuthorityOf(own.origin));
  const bool https = own.origin.starts_with(kHttps);
  own.cookie_name = kCookie;
  if (!https) {
    own.cookie_name += fmt::format("-{}", authority.port.empty() ? "80" : authority.port);
  }
  // A proxy that does not hand on the name it was asked for knows best.
  own.keeps_cookies = https || IsThisMachine(authority.host) || published.starts_with(kHttps);
  return own;
}

}  // namespace skyden::rest
