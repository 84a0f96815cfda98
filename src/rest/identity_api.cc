// SPDX-License-Identifier: Apache-2.0
#include "rest/identity_api.h"

#include <utility>

#include "rest/daemon_api.h"
#include "rest/deleted_api.h"
#include "rest/effective_access.h"
#include "rest/identity_answer.h"
#include "rest/identity_json.h"
#include "rest/page_query.h"
#include "rest/problem.h"
#include "rest/quota_api.h"
#include "rest/refusal.h"
#include "rest/team_api.h"
#include "skyden/base/clock.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/identity/filters.h"
#include "skyden/identity/organization_service.h"
#include "skyden/identity/permissions.h"
#include "skyden/identity/token_service.h"

namespace skyden::rest {
namespace {

using http::Method;
using identity::AccountKind;

model::AccountId AccountOf(AccountKind kind, const Call& call) {
  return model::AccountId(call.parameters[kind == AccountKind::kTeam ? "team" : "account"]);
}
model::TokenId TokenOf(const Call& call) { return model::TokenId(call.parameters["token"]); }

}  // namespace

IdentityApi::IdentityApi(const Deps& deps) : deps_(deps), routes_(deps) {
  Add(Method::kGet, "/organizations", &IdentityApi::ListOrganizations);
  Add(Method::kPost, "/organizations", &IdentityApi::CreateOrganization);
  Add(Method::kGet, "/organizations/me", &IdentityApi::MyOrganization);
  Add(Method::kGet, "/organizations/{organization}", &IdentityApi::GetOrganization);
  Add(Method::kDelete, "/organizations/{organization}", &IdentityApi::DeleteOrganization);
  AddOrganizationQuota(deps_, routes_);
  AddDaemon(deps_, routes_);
  AddDeletedControlPlanes(deps_, routes_);
  Add(Method::kGet, "/roles", &IdentityApi::Roles);
  Add(Method::kGet, "/authentication-settings", &IdentityApi::AuthenticationSettings);

  Add(Method::kGet, "/teams", Kind::kTeam, &IdentityApi::ListAccounts);
  Add(Method::kPost, "/teams", Kind::kTeam, &IdentityApi::CreateAccount);
  Add(Method::kGet, "/teams/{team}", Kind::kTeam, &IdentityApi::GetAccount);
  Add(Method::kPatch, "/teams/{team}", Kind::kTeam, &IdentityApi::PatchAccount);
  Add(Method::kDelete, "/teams/{team}", Kind::kTeam, &IdentityApi::DeleteAccount);
  AddRoles("/teams/{team}/assigned-roles", Kind::kTeam);
  AddTeamMembers(deps_, routes_);

  AddForBoth(Method::kGet, "", &IdentityApi::ListAccounts);
  AddForBoth(Method::kPost, "", &IdentityApi::CreateAccount);
  AddForBoth(Method::kGet, "/me", &IdentityApi::Me);
  AddForBoth(Method::kGet, "/{account}", &IdentityApi::GetAccount);
  AddForBoth(Method::kPatch, "/{account}", &IdentityApi::PatchAccount);
  AddForBoth(Method::kDelete, "/{account}", &IdentityApi::DeleteAccount);

  AddRoles("/users/{account}/assigned-roles", Kind::kUser);
  AddRoles("/system-accounts/{account}/assigned-roles", Kind::kSystemAccount);

  AddForBoth(Method::kGet, "/{account}/effective-access", &IdentityApi::EffectiveAccess);

  AddForBoth(Method::kGet, "/{account}/access-tokens", &IdentityApi::ListTokens);
  AddForBoth(Method::kPost, "/{account}/access-tokens", &IdentityApi::IssueToken);
  AddForBoth(Method::kGet, "/{account}/access-tokens/{token}", &IdentityApi::GetToken);
  AddForBoth(Method::kPatch, "/{account}/access-tokens/{token}", &IdentityApi::PatchToken);
  AddForBoth(Method::kDelete, "/{account}/access-tokens/{token}", &IdentityApi::DeleteToken);
  AddForBoth(Method::kPatch, "/{account}/access-tokens/{token}/revoke", &IdentityApi::RevokeToken);
}

void IdentityApi::Add(Method method, std::string_view pattern, Plain handler) {
  routes_.Add(method, pattern, CallerRoutes::Needs::kOrganization,
              [this, handler](CallPtr call) { (this->*handler)(std::move(call)); });
}

void IdentityApi::Add(Method method, const std::string& pattern, Kind kind, ByKind handler) {
  routes_.Add(method, pattern, CallerRoutes::Needs::kOrganization,
              [this, kind, handler](CallPtr call) { (this->*handler)(kind, std::move(call)); });
}

void IdentityApi::AddForBoth(Method method, const std::string& below, ByKind handler) {
  Add(method, "/users" + below, Kind::kUser, handler);
  Add(method, "/system-accounts" + below, Kind::kSystemAccount, handler);
}

void IdentityApi::AddRoles(const std::string& list, Kind kind) {
  Add(Method::kGet, list, kind, &IdentityApi::ListRoles);
  Add(Method::kPost, list, kind, &IdentityApi::AssignRole);
  Add(Method::kGet, list + "/{role}", kind, &IdentityApi::GetRole);
  Add(Method::kDelete, list + "/{role}", kind, &IdentityApi::RemoveRole);
}

// Organizations.

void IdentityApi::CreateOrganization(CallPtr call) const {
  const auto name = DecodeOrganization(call->request.body);
  if (!name.value) return call->Finish(Refusal(name, *call));
  const auto created = deps_.organizations.Create(*call->organization, *name.value);
  const absl::Time now = deps_.clock.Now();
  Answer(std::move(call), 201, created, [now](const auto& made, JsonWriter& json) {
    json.BeginObject()
        .Field("id", made.organization.id.str())
        .Field("name", made.organization.name)
        .Key("organization");
    WriteOrganization(made.organization, json);
    json.Key("administrator");
    WriteAccount(made.administrator, json);
    json.Key("access_token");
    WriteToken(Kind::kSystemAccount, made.token.record, made.token.text, now, json);
    json.EndObject();
  });
}

void IdentityApi::ListOrganizations(CallPtr call) const {
  const auto query = DecodePage(call->query, model::NamesOf(identity::OrganizationFilters()));
  if (!query.value) return call->Finish(Refusal(query, *call));
  const auto page = deps_.organizations.List(*call->organization, query.value->size,
                                             query.value->number, query.value->filters);
  Answer(std::move(call), 200, page, [&query](const auto& all, JsonWriter& json) {
    BeginPage(query.value->size, query.value->number, all.total, json);
    for (const auto& one : all.items) WriteOrganization(one, json);
    EndPage(json);
  });
}

void IdentityApi::MyOrganization(CallPtr call) const {
  const auto mine = deps_.organizations.Mine(*call->organization);
  Answer(std::move(call), 200, mine, WriteOrganization);
}

void IdentityApi::GetOrganization(CallPtr call) const {
  const auto found = deps_.organizations.Get(
      *call->organization, model::OrganizationId(call->parameters["organization"]));
  Answer(std::move(call), 200, found, WriteOrganization);
}

void IdentityApi::DeleteOrganization(CallPtr call) const {
  const absl::Status status = deps_.organizations.Delete(
      *call->organization, model::OrganizationId(call->parameters["organization"]));
  AnswerDone(std::move(call), status);
}

void IdentityApi::Roles(CallPtr call) const { call->Finish(ManagerJson(200, RolesJson())); }

// How people sign in; the daemon's settings say it, so it is only shown.
void IdentityApi::AuthenticationSettings(CallPtr call) const {
  const model::OrganizationScope& scope = *call->organization;
  if (const absl::Status may = identity::CheckAdministrates(scope); !may.ok()) {
    return call->Finish(Refusal(may, *call));
  }
  const bool by_provider =
      !deps_.oidc_issuer.empty() && deps_.oidc_organization == scope.organization();
  JsonWriter json;
  json.BeginObject()
      .Field("basic_auth_enabled", false)
      .Field("oidc_auth_enabled", by_provider)
      .Field("saml_auth_enabled", false)
      .Field("idp_mapping_enabled", by_provider)
      .Field("konnect_mapping_enabled", true)
      .EndObject();
  call->Finish(ManagerJson(200, json.Take()));
}

// Accounts.

void IdentityApi::CreateAccount(Kind kind, CallPtr call) const {
  const auto request = DecodeAccount(kind, call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto made = deps_.accounts.Create(*call->organization, *request.value);
  Answer(std::move(call), 201, made, WriteAccount);
}

void IdentityApi::ListAccounts(Kind kind, CallPtr call) const {
  auto query = DecodePage(call->query, model::NamesOf(identity::AccountFilters(kind)));
  if (!query.value) return call->Finish(Refusal(query, *call));
  const size_t size = query.value->size;
  const size_t number = query.value->number;
  const auto page = deps_.accounts.List(*call->organization,
                                        {kind, size, number, std::move(query.value->filters)});
  Answer(std::move(call), 200, page, [size, number](const auto& all, JsonWriter& json) {
    BeginPage(size, number, all.total, json);
    for (const auto& one : all.items) WriteAccount(one, json);
    EndPage(json);
  });
}

void IdentityApi::Me(Kind kind, CallPtr call) const {
  const auto me =
      deps_.accounts.Get(*call->organization, kind, model::AccountId(call->caller->principal.id));
  Answer(std::move(call), 200, me, WriteAccount);
}

void IdentityApi::GetAccount(Kind kind, CallPtr call) const {
  const auto found = deps_.accounts.Get(*call->organization, kind, AccountOf(kind, *call));
  Answer(std::move(call), 200, found, WriteAccount);
}

void IdentityApi::PatchAccount(Kind kind, CallPtr call) const {
  const auto request = DecodeAccountPatch(kind, call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto changed =
      deps_.accounts.Update(*call->organization, kind, AccountOf(kind, *call), *request.value);
  Answer(std::move(call), 200, changed, WriteAccount);
}

void IdentityApi::DeleteAccount(Kind kind, CallPtr call) const {
  const absl::Status status =
      deps_.accounts.Delete(*call->organization, kind, AccountOf(kind, *call));
  AnswerDone(std::move(call), status);
}

// Roles.

void IdentityApi::EffectiveAccess(Kind kind, CallPtr call) const {
  const model::OrganizationScope& scope = *call->organization;
  const auto holdings = deps_.teams.HoldingsOf(scope, kind, AccountOf(kind, *call));
  if (!holdings.ok()) return call->Finish(Refusal(holdings.status(), *call));
  // Who looks at himself may list none.
  const auto listed = deps_.control_planes.All(scope);
  call->Finish(ManagerJson(
      200, EffectiveAccessJson(*holdings, listed.ok()
                                              ? listed->listed
                                              : std::vector<const store::ControlPlaneRecord*>())));
}

void IdentityApi::AssignRole(Kind kind, CallPtr call) const {
  const auto request = DecodeRole(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto role =
      deps_.accounts.Assign(*call->organization, kind, AccountOf(kind, *call), *request.value);
  Answer(std::move(call), 201, role, WriteRole);
}

void IdentityApi::ListRoles(Kind kind, CallPtr call) const {
  const auto& filters = identity::RoleFilters();
  const auto query = DecodePage(call->query, model::NamesOf(filters));
  if (!query.value) return call->Finish(Refusal(query, *call));
  const auto roles = deps_.accounts.ListRoles(*call->organization, kind, AccountOf(kind, *call));
  if (!roles.ok()) return call->Finish(Refusal(roles.status(), *call));
  call->Finish(
      ManagerJson(200, PageOf(*query.value, *roles, filters, deps_.clock.Now(), WriteRole)));
}

void IdentityApi::GetRole(Kind kind, CallPtr call) const {
  const auto role = deps_.accounts.GetRole(*call->organization, kind, AccountOf(kind, *call),
                                           model::RoleId(call->parameters["role"]));
  Answer(std::move(call), 200, role, WriteRole);
}

void IdentityApi::RemoveRole(Kind kind, CallPtr call) const {
  const absl::Status status = deps_.accounts.RemoveRole(
      *call->organization, kind, AccountOf(kind, *call), model::RoleId(call->parameters["role"]));
  AnswerDone(std::move(call), status);
}

// Tokens.

void IdentityApi::IssueToken(Kind kind, CallPtr call) const {
  const absl::Time now = deps_.clock.Now();
  const auto request = DecodeToken(kind, Named::kRequired, call->request.body, now);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto issued =
      deps_.tokens.Issue(*call->organization, kind, AccountOf(kind, *call), *request.value);
  Answer(std::move(call), 201, issued, [kind, now](const auto& token, JsonWriter& json) {
    WriteToken(kind, token.record, token.text, now, json);
  });
}

void IdentityApi::ListTokens(Kind kind, CallPtr call) const {
  const auto& filters = identity::TokenFilters(kind);
  const auto query = DecodePage(call->query, model::NamesOf(filters));
  if (!query.value) return call->Finish(Refusal(query, *call));
  const auto tokens = deps_.tokens.List(*call->organization, kind, AccountOf(kind, *call));
  if (!tokens.ok()) return call->Finish(Refusal(tokens.status(), *call));
  const absl::Time now = deps_.clock.Now();
  const auto write = [kind, now](const store::TokenRecord& token, JsonWriter& json) {
    WriteToken(kind, token, {}, now, json);
  };
  call->Finish(ManagerJson(200, PageOf(*query.value, *tokens, filters, now, write)));
}

void IdentityApi::GetToken(Kind kind, CallPtr call) const {
  const auto token =
      deps_.tokens.Get(*call->organization, kind, AccountOf(kind, *call), TokenOf(*call));
  Answer(std::move(call), 200, token,
         [kind, now = deps_.clock.Now()](const auto& one, JsonWriter& json) {
           WriteToken(kind, one, {}, now, json);
         });
}

void IdentityApi::PatchToken(Kind kind, CallPtr call) const {
  const auto name = DecodeTokenPatch(call->request.body);
  if (!name.value) return call->Finish(Refusal(name, *call));
  const auto token = deps_.tokens.Rename(*call->organization, kind, AccountOf(kind, *call),
                                         TokenOf(*call), *name.value);
  Answer(std::move(call), 200, token,
         [kind, now = deps_.clock.Now()](const auto& one, JsonWriter& json) {
           WriteToken(kind, one, {}, now, json);
         });
}

void IdentityApi::RevokeToken(Kind kind, CallPtr call) const {
  const auto token =
      deps_.tokens.Revoke(*call->organization, kind, AccountOf(kind, *call), TokenOf(*call));
  Answer(std::move(call), 200, token,
         [kind, now = deps_.clock.Now()](const auto& one, JsonWriter& json) {
           WriteToken(kind, one, {}, now, json);
         });
}

void IdentityApi::DeleteToken(Kind kind, CallPtr call) const {
  const absl::Status status =
      deps_.tokens.Delete(*call->organization, kind, AccountOf(kind, *call), TokenOf(*call));
  AnswerDone(std::move(call), status);
}

}  // namespace skyden::rest
