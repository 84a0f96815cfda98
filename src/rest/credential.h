// SPDX-License-Identifier: Apache-2.0
// What a request shows of who asks: an authorization header, or else the cookie of a session.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "rest/own_address.h"
#include "skyden/http/request.h"

namespace skyden::rest {

struct Credential {
  enum class Way { kNothing, kHeader, kCookie };
  Way way = Way::kNothing;
  // The header's value, or the cookie's. Never shown. Empty when there are two such cookies, one of
  // which somebody else must have put there.
  std::string text;
  // Why a request that only has a cookie and would change something is not taken for one that the
  // person meant; empty when it is. Such a request is PERMISSION_DENIED.
  std::string forged;
};

// With both, the header counts alone.
Credential CredentialOf(const http::Request& request, const OwnAddress& own);

// Why it may be another site's page that asks; empty when it is one of ours.
std::string CrossSiteReason(const http::Request& request, const OwnAddress& own);

// What a page has to send along, in `x-skyden-session`, to change anything by `cookie`. Another
// site's page cannot read it, and nobody finds the cookie by it.
std::string SessionProof(std::string_view cookie);

// The one cookie of this name; empty when there is none, or more than one.
std::string CookieNamed(const http::Request& request, std::string_view name);

// The value of `set-cookie`.
std::string SetSessionCookie(const OwnAddress& own, std::string_view cookie);
std::string ClearSessionCookie(const OwnAddress& own);

}  // namespace skyden::rest
