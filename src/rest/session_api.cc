// SPDX-License-Identifier: Apache-2.0
#include "rest/session_api.h"

#include <algorithm>
#include <utility>

#include "rest/credential.h"
#include "rest/page_query.h"
#include "rest/problem.h"
#include "rest/refusal.h"
#include "rest/session_json.h"
#include "rest/sign_in.h"
#include "skyden/base/clock.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/door.h"
#include "skyden/identity/oidc_sign_in.h"
#include "skyden/identity/organization_service.h"
#include "skyden/telemetry/log.h"

namespace skyden::rest {
namespace {

using http::Method;
using identity::SessionService;
using Needs = CallerRoutes::Needs;

constexpr char kNoCookies[] =
    "browsers keep sessions over https and on their own machine only: put the daemon behind TLS, "
    "or say in http_public_address or trusted_proxies that it is";

absl::StatusOr<std::string> SessionJson(const Deps& deps, const model::OrganizationScope& scope,
                                        const identity::Session& session, std::string_view proof) {
  SKYDEN_ASSIGN_OR_RETURN(const auto organization, deps.organizations.Mine(scope));
  JsonWriter json;
  WriteSession(session, organization, proof, json);
  return json.Take();
}

// What only this browser may have, and for this moment.
http::Response Private(int status, std::string_view compact) {
  http::Response response = ManagerJson(status, compact);
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

}  // namespace

SessionApi::SessionApi(const Deps& deps) : deps_(deps), routes_(deps) {
  Add(Method::kGet, "/sign-in", Needs::kNothing, &SessionApi::Ways);
  routes_.Add(Method::kPost, "/sign-in/oidc/back-channel-logout", Needs::kNothing,
              [this](CallPtr call) { ProviderSignsOut(std::move(call)); },
              {.takes = CallerRoutes::Takes::kAnyBody});
  Add(Method::kPost, "/sessions", Needs::kNothing, &SessionApi::Begin);
  Add(Method::kGet, "/sessions", Needs::kOrganization, &SessionApi::List);
  Add(Method::kGet, "/sessions/current", Needs::kOrganization, &SessionApi::Current);
  Add(Method::kDelete, "/sessions/current", Needs::kOrganization, &SessionApi::EndCurrent);
  Add(Method::kDelete, "/sessions/{session}", Needs::kOrganization, &SessionApi::End);
}

void SessionApi::Add(Method method, std::string_view pattern, Needs needs,
                     void (SessionApi::*handler)(CallPtr) const) {
  routes_.Add(method, pattern, needs,
              [this, handler](CallPtr call) { (this->*handler)(std::move(call)); });
}

void SessionApi::Ways(CallPtr call) const {
  JsonWriter json;
  json.BeginObject().Field("token", true).Key("oidc").BeginObject();
  json.Field("enabled", deps_.oidc != nullptr);
  json.Field("name", deps_.oidc != nullptr ? deps_.oidc->name() : "");
  // For command lines, which ask the provider themselves and bring its tokens.
  json.OptionalField("issuer", deps_.oidc_issuer);
  json.OptionalField("client_id", deps_.oidc_audience);
  json.EndObject().EndObject();
  call->Finish(ManagerJson(200, json.Take()));
}

// Whoever can make a browser sign in as somebody else reads what its person then writes: so another
// site's page is refused here as well.
void SessionApi::Begin(CallPtr call) const {
  const std::string request_id = call->request.request_id;
  const auto refuse = [&](const std::string& why) { call->Finish(Problem(403, why, request_id)); };
  if (const std::string why = CrossSiteReason(call->request, call->own); !why.empty()) {
    return refuse(why);
  }
  if (!call->own.keeps_cookies) return refuse(kNoCookies);
  const auto token = DecodeSignIn(call->request.body);
  if (!token.value) return call->Finish(Refusal(token, *call));
  // Another's, or one's own from before: either way it goes.
  const Credential before =
      std::exchange(call->credential, Credential{Credential::Way::kHeader, *token.value, {}});
  absl::Status status = SignInToOrganization(deps_.authenticator, *call);
  if (status.ok() && !call->caller->token) {
    status = absl::UnauthenticatedError("a session begins with a token that was issued here");
  }
  if (!status.ok()) return call->Finish(Refusal(status, *call));
  const auto begun = deps_.sessions.Begin(*call->organization, {call->caller->token});
  if (!begun.ok()) return call->Finish(Refusal(begun.status(), *call));
  EndSessionOf(before, *call);
  const auto json =
      SessionJson(deps_, *call->organization, begun->session, SessionProof(begun->text));
  if (!json.ok()) return call->Finish(Refusal(json.status(), *call));
  http::Response response = Private(201, *json);
  response.headers.push_back({"Set-Cookie", SetSessionCookie(call->own, begun->text)});
  call->Finish(std::move(response));
}

void SessionApi::EndSessionOf(const Credential& credential, const Call& call) const {
  if (credential.way != Credential::Way::kCookie || credential.text.empty()) return;
  const auto caller = deps_.authenticator.AuthenticateSession(
      credential.text, call.origin, identity::Authenticator::Noting::kLook);
  if (!caller.ok()) return;
  const auto scope = deps_.authenticator.EnterOrganization(*caller);
  if (scope.ok()) deps_.sessions.End(*scope, *caller->token).IgnoreError();
}

// OpenID Connect Back-Channel Logout 1.0, section 2.5 to 2.8.
void SessionApi::ProviderSignsOut(CallPtr call) const {
  if (deps_.oidc == nullptr) {
    return call->Finish(Refusal(absl::NotFoundError("no identity provider"), *call));
  }
  const http::Query form(call->request.body);
  auto logout = deps_.oidc->TakeLogout(form.Get("logout_token").value_or(""));
  if (absl::IsUnauthenticated(logout.status())) {
    telemetry::Log(telemetry::Level::warning, "a logout token was refused",
                   {{"request_id", call->request.request_id},
                    {"reason", std::string(base::ToStd(logout.status().message()))}});
    const absl::Status later =
        call->door == nullptr ? absl::OkStatus() : call->door->AfterRefusal(call->origin.peer);
    return call->Finish(later.ok()
                            ? Problem(400, "The logout token is not good", call->request.request_id)
                            : Refusal(later, *call));
  }
  if (!logout.ok()) return call->Finish(Refusal(logout.status(), *call));
  const auto ended = deps_.sessions.EndOfProvider(deps_.oidc_organization,
                                                  {logout->subject, logout->provider_session});
  if (!ended.ok()) return call->Finish(Refusal(ended.status(), *call));
  http::Response response{.status = 204};
  response.headers.push_back({"Cache-Control", "no-store"});
  call->Finish(std::move(response));
}

void SessionApi::List(CallPtr call) const {
  const auto query = DecodePage(call->query, {});
  if (!query.value) return call->Finish(Refusal(query, *call));
  const bool all = call->query.Get("organization").value_or("") == "true";
  const auto sessions =
      deps_.sessions.List(*call->organization,
                          all ? SessionService::Whose::kOrganization : SessionService::Whose::kOwn);
  if (!sessions.ok()) return call->Finish(Refusal(sessions.status(), *call));
  const auto organization = deps_.organizations.Mine(*call->organization);
  if (!organization.ok()) return call->Finish(Refusal(organization.status(), *call));
  static constexpr model::Filterable<identity::Session> kNoFilters{};
  const auto write = [&](const identity::Session& session, JsonWriter& json) {
    WriteSession(session, *organization, {}, json);
  };
  call->Finish(
      ManagerJson(200, PageOf(*query.value, *sessions, kNoFilters, deps_.clock.Now(), write)));
}

void SessionApi::Current(CallPtr call) const {
  if (!call->caller->by_session) {
    return call->Finish(Refusal(absl::NotFoundError("no session"), *call));
  }
  auto session = deps_.sessions.Get(*call->organization, *call->caller->token);
  if (!session.ok()) return call->Finish(Refusal(session.status(), *call));
  // This was a use, whether it is written down yet or not.
  if (call->noting == identity::Authenticator::Noting::kUse) {
    const absl::Time used = deps_.clock.Now() - base::limits::kLastUsedStep;
    session->idle_expires_at = std::min(
        std::max(session->idle_expires_at, used + base::limits::kSessionIdle), session->expires_at);
  }
  const auto json =
      SessionJson(deps_, *call->organization, *session, SessionProof(call->credential.text));
  call->Finish(json.ok() ? Private(200, *json) : Refusal(json.status(), *call));
}

void SessionApi::End(CallPtr call) const {
  const model::TokenId id(call->parameters["session"]);
  EndOne(std::move(call), id);
}

void SessionApi::EndCurrent(CallPtr call) const {
  if (!call->caller->by_session) {
    return call->Finish(Refusal(absl::NotFoundError("no session"), *call));
  }
  const model::TokenId id = *call->caller->token;
  EndOne(std::move(call), id);
}

void SessionApi::EndOne(CallPtr call, const model::TokenId& id) const {
  const absl::Status ended = deps_.sessions.End(*call->organization, id);
  if (!ended.ok()) return call->Finish(Refusal(ended, *call));
  http::Response response{.status = 204};
  if (call->caller->by_session && call->caller->token == id) {
    response.headers.push_back({"Set-Cookie", ClearSessionCookie(call->own)});
  }
  call->Finish(std::move(response));
}

}  // namespace skyden::rest
