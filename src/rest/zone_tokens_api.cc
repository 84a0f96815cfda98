// SPDX-License-Identifier: Apache-2.0
#include "rest/zone_tokens_api.h"

#include <utility>

#include "rest/identity_json.h"
#include "rest/json_writer.h"
#include "rest/problem.h"
#include "rest/refusal.h"
#include "skyden/base/clock.h"
#include "skyden/identity/zone_tokens.h"

namespace skyden::rest {
namespace {

using http::Method;
using identity::AccountKind;
using identity::ZoneTokens;

ZoneTokens TokensOf(const Deps& deps) { return ZoneTokens({deps.store, deps.clock}); }

ZoneTokens::Of AskedZone(const Call& call) {
  return {call.control_plane, model::ZoneName(call.parameters["zone"])};
}

void ListZoneTokens(const Deps& deps, CallPtr call) {
  const auto tokens = TokensOf(deps).List(*call->organization, AskedZone(*call));
  if (!tokens.ok()) return call->Finish(Refusal(tokens.status(), *call));
  JsonWriter json;
  json.BeginObject().Key("data").BeginArray();
  for (const store::TokenRecord& token : *tokens) {
    WriteToken(AccountKind::kSystemAccount, token, {}, deps.clock.Now(), json);
  }
  json.EndArray().EndObject();
  call->Finish(ManagerJson(200, json.Take()));
}

void IssueForZone(const Deps& deps, CallPtr call) {
  const absl::Time now = deps.clock.Now();
  std::string_view body = call->request.body;
  if (body.empty()) body = "{}";
  // As for a user's token: by an end or by a number of seconds.
  const auto request = DecodeToken(AccountKind::kUser, Named::kOptional, body, now);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto issued = TokensOf(deps).Issue(*call->organization, AskedZone(*call), *request.value);
  if (!issued.ok()) return call->Finish(Refusal(issued.status(), *call));
  JsonWriter json;
  WriteToken(AccountKind::kSystemAccount, issued->record, issued->text, now, json);
  call->Finish(ManagerJson(201, json.Take()));
}

void Revoke(const Deps& deps, CallPtr call) {
  const absl::Status revoked = TokensOf(deps).Revoke(*call->organization, AskedZone(*call),
                                                     model::TokenId(call->parameters["token"]));
  call->Finish(revoked.ok() ? http::Response{.status = 204} : Refusal(revoked, *call));
}

}  // namespace

void AddZoneTokens(const Deps& deps, CallerRoutes& routes) {
  const auto add = [&](Method method, const char* pattern, void (*answer)(const Deps&, CallPtr)) {
    routes.Add(method, pattern, CallerRoutes::Needs::kOrganization,
               [&deps, answer](CallPtr call) { answer(deps, std::move(call)); });
  };
  add(Method::kGet, "/control-planes/{id}/ops/zones/{zone}/tokens", &ListZoneTokens);
  add(Method::kPost, "/control-planes/{id}/ops/zones/{zone}/tokens", &IssueForZone);
  add(Method::kDelete, "/control-planes/{id}/ops/zones/{zone}/tokens/{token}", &Revoke);
}

}  // namespace skyden::rest
