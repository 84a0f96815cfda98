// SPDX-License-Identifier: Apache-2.0
// RFC 6265, section 5.4: cookies come as "name=value; name=value". Names that begin with __Host-
// are set by this host alone, over TLS or on this machine; so a second one of the name is not ours.
#include "rest/credential.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "skyden/base/crypto.h"
#include "skyden/base/strings.h"

namespace skyden::rest {
namespace {

constexpr std::string_view kProofOf = "skyden: changes by this session";

std::string_view Stripped(std::string_view text) {
  return base::ToStd(absl::StripAsciiWhitespace(base::ToAbsl(text)));
}

std::vector<std::string_view> CookiesNamed(const http::Request& request, std::string_view name) {
  std::vector<std::string_view> values;
  for (const http::Header& header : request.headers) {
    if (!absl::EqualsIgnoreCase(header.name, "cookie")) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      const size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = Stripped(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const size_t equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
        values.push_back(pair.substr(equals + 1));
      }
    }
  }
  return values;
}

std::string ForgedReason(const http::Request& request, const OwnAddress& own,
                         std::string_view cookie) {
  if (request.method == http::Method::kGet) return "";  // and HEAD
  std::string reason = CrossSiteReason(request, own);
  if (!reason.empty()) return reason;
  const std::string_view proof = request.Find("x-skyden-session").value_or("");
  if (base::ConstantTimeEqual(proof, SessionProof(cookie))) return "";
  return "a session changes something only with its csrf_token in the header x-skyden-session";
}

}  // namespace

Credential CredentialOf(const http::Request& request, const OwnAddress& own) {
  // One that is there and says nothing counts as well: the cookie is not asked.
  if (const auto header = request.Find("authorization")) {
    return {header->empty() ? Credential::Way::kNothing : Credential::Way::kHeader,
            std::string(*header),
            {}};
  }
  const std::vector<std::string_view> cookies = CookiesNamed(request, own.cookie_name);
  if (cookies.empty()) return {};
  const std::string_view cookie = cookies.size() == 1 ? cookies.front() : std::string_view();
  return {Credential::Way::kCookie, std::string(cookie), ForgedReason(request, own, cookie)};
}

std::string CrossSiteReason(const http::Request& request, const OwnAddress& own) {
  const auto site = request.Find("sec-fetch-site");
  if (site) return *site == "same-origin" ? "" : "another site's page may not do this";
  const auto origin = request.Find("origin");
  if (!origin) {
    return "a browser's page has to say that it is ours: send sec-fetch-site: same-origin, or the "
           "origin";
  }
  return *origin == own.origin ? "" : "another site's page may not do this";
}

std::string CookieNamed(const http::Request& request, std::string_view name) {
  const std::vector<std::string_view> cookies = CookiesNamed(request, name);
  return cookies.size() == 1 ? std::string(cookies.front()) : std::string();
}

std::string SessionProof(std::string_view cookie) {
  return base::Base64UrlEncode(base::HmacSha256(cookie, kProofOf));
}

std::string SetSessionCookie(const OwnAddress& own, std::string_view cookie) {
  return fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict", own.cookie_name, cookie);
}

std::string ClearSessionCookie(const OwnAddress& own) {
  return SetSessionCookie(own, "") + "; Max-Age=0";
}

}  // namespace skyden::rest
