// SPDX-License-Identifier: Apache-2.0
// The session's cookie is Strict, and a browser sends no such cookie along a redirect that comes
// from elsewhere: so the provider's redirect is answered with a page, which goes on by itself. What
// the sign-in has to remember is Lax, or it would not come back either.
#include "rest/oidc_pages.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "rest/credential.h"
#include "rest/return_path.h"
#include "skyden/base/executor.h"
#include "skyden/base/html.h"
#include "skyden/base/http_status.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/door.h"
#include "skyden/identity/oidc_sign_in.h"
#include "skyden/identity/session_service.h"
#include "skyden/model/lanes.h"

namespace skyden::rest {
namespace {

constexpr std::string_view kBegin = "/console/sign-in/oidc";
constexpr std::string_view kCallback = "/console/sign-in/callback";
constexpr std::string_view kEnd = "/console/sign-out/oidc";
constexpr std::string_view kHost = "__Host-";  // of a cookie's name: it has no path
constexpr std::string_view kSignedOut = "/console/sign-in";
constexpr std::string_view kSignIn = "-sign-in";  // after the session cookie's name

std::string CookieOf(const OwnAddress& own, std::string_view value, int64_t seconds) {
  return fmt::format("{}{}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={}", own.cookie_name,
                     kSignIn, value, seconds);
}

// The browser keeps it for signing out, and shows it nowhere else: so it has a path, and cannot be
// called as the session is.
std::string HintNameOf(const OwnAddress& own) {
  std::string_view name = own.cookie_name;
  if (name.starts_with(kHost)) name.remove_prefix(kHost.size());
  return fmt::format("__Secure-{}-provider", name);
}
std::string HintOf(const OwnAddress& own, std::string_view value, std::string_view until) {
  return fmt::format("{}={}; Path=/console/sign-out; Secure; HttpOnly; SameSite=Strict{}",
                     HintNameOf(own), value, until);
}

http::Response Page(int status, std::string_view title, std::string_view text,
                    std::string_view link) {
  http::Response response{.status = status, .content_type = "text/html; charset=utf-8"};
  response.body = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title></head>"
      "<body><h1>{0}</h1><p>{1}</p><p><a href=\"{2}\">Go on</a></p></body></html>\n",
      base::EscapeHtml(title), base::EscapeHtml(text), base::EscapeHtml(link));
  response.headers = {
      {"Content-Security-Policy",
       "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cache-Control", "no-store"}};
  return response;
}

http::Response Redirect(std::string_view where) {
  http::Response response{.status = 302};
  response.headers = {{"Location", std::string(where)},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cache-Control", "no-store"}};
  return response;
}

http::Response Failed(const absl::Status& why, const Call& call) {
  const int status = base::HttpStatusOf(why);
  const std::string text = status == 500
                               ? fmt::format("internal error (request {})", call.request.request_id)
                               : std::string(base::ToStd(why.message()));
  return Page(status, "Nobody was signed in", text, kConsole);
}

}  // namespace

bool OidcPages::IsOne(const http::Request& request) {
  return request.method == http::Method::kGet &&
         (request.path == kBegin || request.path == kCallback || request.path == kEnd);
}

void OidcPages::Answer(CallPtr call) const {
  if (deps_.oidc == nullptr) {
    return call->Finish(Page(404, "Nobody can sign in this way",
                             "No identity provider is set up: sign in with a token.", kConsole));
  }
  // Nothing of ours ends here: the page has ended its session before.
  if (call->request.path == kEnd) {
    const std::string there =
        deps_.oidc->SignOut(CookieNamed(call->request, HintNameOf(call->own)));
    http::Response response = Redirect(there.empty() ? kSignedOut : there);
    response.headers.push_back({"Set-Cookie", HintOf(call->own, "", "; Max-Age=0")});
    return call->Finish(std::move(response));
  }
  const auto step = call->request.path == kBegin ? &OidcPages::Begin : &OidcPages::Finish;
  deps_.workers.PostIn(model::LaneOfSignIns(), [this, step, call = std::move(call)]() mutable {
    (this->*step)(std::move(call));
  });
}

void OidcPages::Begin(CallPtr call) const {
  const auto begun = deps_.oidc->Begin(ReturnPath(call->query.Get("return").value_or("")));
  if (!begun.ok()) return call->Finish(Failed(begun.status(), *call));
  http::Response response = Redirect(begun->location);
  response.headers.push_back(
      {"Set-Cookie",
       CookieOf(call->own, begun->sealed, absl::ToInt64Seconds(base::limits::kOidcSignInTime))});
  call->Finish(std::move(response));
}

void OidcPages::Finish(CallPtr call) const {
  const auto text = [&](std::string_view name) {
    return std::string(call->query.Get(name).value_or(""));
  };
  const auto signed_in = [&]() -> absl::StatusOr<http::Response> {
    SKYDEN_ASSIGN_OR_RETURN(
        const auto came,
        deps_.oidc->Finish(
            {.code = text("code"),
             .state = text("state"),
             .issuer = text("iss"),
             .error = text("error"),
             .sealed = CookieNamed(call->request, call->own.cookie_name + std::string(kSignIn))}));
    SKYDEN_ASSIGN_OR_RETURN(const identity::Caller caller,
                            deps_.authenticator.AcceptPerson(came.person, call->origin));
    SKYDEN_ASSIGN_OR_RETURN(const auto scope, deps_.authenticator.EnterOrganization(caller));
    SKYDEN_ASSIGN_OR_RETURN(
        const auto begun,
        deps_.sessions.Begin(scope, {.token = std::nullopt,
                                     .provider_session = came.person.provider_session,
                                     .groups = came.person.groups}));
    http::Response response = Page(200, "Signed in", "The console opens.", came.return_path);
    response.headers.push_back({"Refresh", "0; url=" + came.return_path});
    response.headers.push_back({"Set-Cookie", SetSessionCookie(call->own, begun.text)});
    if (!came.sign_out_hint.empty()) {
      response.headers.push_back({"Set-Cookie", HintOf(call->own, came.sign_out_hint, "")});
    }
    return response;
  };
  auto response = signed_in();
  const absl::Status& status = response.status();
  if (absl::IsUnauthenticated(status) && call->door != nullptr) {
    if (const absl::Status later = call->door->AfterRefusal(call->origin.peer); !later.ok()) {
      response = later;
    }
  }
  if (!response.ok()) response = Failed(response.status(), *call);
  response->headers.push_back({"Set-Cookie", CookieOf(call->own, "", 0)});
  call->Finish(*std::move(response));
}

}  // namespace skyden::rest
