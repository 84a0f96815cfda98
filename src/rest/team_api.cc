// SPDX-License-Identifier: Apache-2.0
#include "rest/team_api.h"

#include <string>
#include <utility>

#include "rest/identity_answer.h"
#include "rest/identity_json.h"
#include "rest/page_query.h"
#include "skyden/base/clock.h"
#include "skyden/identity/filters.h"
#include "skyden/identity/team_service.h"

namespace skyden::rest {
namespace {

using http::Method;
using identity::AccountKind;

model::AccountId IdIn(const Call& call, const char* parameter) {
  return model::AccountId(call.parameters[parameter]);
}

// A page of accounts of a kind.
void AnswerPage(const Deps& deps, AccountKind shown, const CallPtr& call,
                const absl::StatusOr<std::vector<store::AccountRecord>>& accounts) {
  const auto& filters = identity::AccountFilters(shown);
  const auto query = DecodePage(call->query, model::NamesOf(filters));
  if (!query.value) return call->Finish(Refusal(query, *call));
  if (!accounts.ok()) return call->Finish(Refusal(accounts.status(), *call));
  call->Finish(
      ManagerJson(200, PageOf(*query.value, *accounts, filters, deps.clock.Now(), WriteAccount)));
}

void AddMember(const Deps& deps, AccountKind kind, CallPtr call) {
  const auto member = DecodeMember(call->request.body);
  if (!member.value) return call->Finish(Refusal(member, *call));
  const absl::Status added =
      deps.teams.Add(*call->organization, IdIn(*call, "team"), kind, *member.value);
  if (!added.ok()) return call->Finish(Refusal(added, *call));
  JsonWriter json;
  json.BeginObject().Field("id", member.value->str()).EndObject();
  call->Finish(ManagerJson(201, json.Take()));
}

void AddOf(const Deps& deps, AccountKind kind, const std::string& list, CallerRoutes& routes) {
  constexpr auto kNeeds = CallerRoutes::Needs::kOrganization;
  const std::string members = "/teams/{team}" + list;
  routes.Add(Method::kGet, members, kNeeds, [&deps, kind](CallPtr call) {
    AnswerPage(deps, kind, call,
               deps.teams.Members(*call->organization, IdIn(*call, "team"), kind));
  });
  routes.Add(Method::kPost, members, kNeeds,
             [&deps, kind](CallPtr call) { AddMember(deps, kind, std::move(call)); });
  routes.Add(Method::kDelete, members + "/{account}", kNeeds, [&deps, kind](CallPtr call) {
    const absl::Status removed =
        deps.teams.Remove(*call->organization, IdIn(*call, "team"), kind, IdIn(*call, "account"));
    AnswerDone(std::move(call), removed);
  });
  routes.Add(Method::kGet, list + "/{account}/teams", kNeeds, [&deps, kind](CallPtr call) {
    AnswerPage(deps, AccountKind::kTeam, call,
               deps.teams.TeamsOf(*call->organization, kind, IdIn(*call, "account")));
  });
}

}  // namespace

void AddTeamMembers(const Deps& deps, CallerRoutes& routes) {
  AddOf(deps, AccountKind::kUser, "/users", routes);
  AddOf(deps, AccountKind::kSystemAccount, "/system-accounts", routes);
}

}  // namespace skyden::rest
