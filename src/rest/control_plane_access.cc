// SPDX-License-Identifier: Apache-2.0
#include "rest/control_plane_access.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "rest/effective_access.h"
#include "rest/json_writer.h"
#include "rest/page_query.h"
#include "rest/problem.h"
#include "rest/refusal.h"
#include "skyden/base/status.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/access.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

// Of each kind, looked at by one question.
constexpr size_t kAccounts = 5'000;

struct Holder {
  store::AccountRecord account;
  std::vector<store::RoleRecord> roles;
};
struct Holders {
  std::vector<Holder> all;
  std::vector<store::AccountRecord> teams;
  bool complete = true;
};

// Who administrates the control plane decides who reads it with a shared token, so sees who does.
absl::Status CheckMaySee(const model::Access& access, model::TenantKey tenant) {
  if (access.Administrates() || access.Changes(tenant)) return absl::OkStatus();
  return absl::PermissionDeniedError("the token's role does not allow this");
}

// In one transaction: what is said of one account holds beside what is said of the next.
absl::StatusOr<Holders> HoldersOf(store::Store& store, const model::OrganizationScope& scope,
                                  model::TenantKey tenant) {
  Holders holders;
  const absl::Status read =
      store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
        holders = {};
        using Kind = store::AccountRecord::Kind;
        SKYDEN_ASSIGN_OR_RETURN(holders.teams, tx.ListAccounts(Kind::kTeam));
        for (const Kind kind : {Kind::kUser, Kind::kSystemAccount}) {
          SKYDEN_ASSIGN_OR_RETURN(auto accounts, tx.ListAccounts(kind));
          if (accounts.size() > kAccounts) {
            accounts.resize(kAccounts);
            holders.complete = false;
          }
          for (store::AccountRecord& account : accounts) {
            SKYDEN_ASSIGN_OR_RETURN(auto roles, tx.ListEffectiveRoles(account.id));
            if (HasActions(roles, tenant)) {
              holders.all.push_back({std::move(account), std::move(roles)});
            }
          }
        }
        return absl::OkStatus();
      });
  SKYDEN_RETURN_IF_ERROR(read);
  std::sort(holders.all.begin(), holders.all.end(), [](const Holder& a, const Holder& b) {
    return std::tie(a.account.name, a.account.id) < std::tie(b.account.name, b.account.id);
  });
  return holders;
}

void ListHolders(const Deps& deps, const CallPtr& call) {
  const auto query = DecodePage(call->query, {});
  if (!query.value) return call->Finish(Refusal(query, *call));
  const model::TenantKey tenant = call->scope->tenant();
  const auto scope = deps.authenticator.EnterOrganization(*call->caller);
  if (!scope.ok()) return call->Finish(Refusal(scope.status(), *call));
  if (const absl::Status may = CheckMaySee(scope->access(), tenant); !may.ok()) {
    return call->Finish(Refusal(may, *call));
  }
  const auto holders = HoldersOf(deps.store, *scope, tenant);
  if (!holders.ok()) return call->Finish(Refusal(holders.status(), *call));
  const size_t size = query.value->size;
  const size_t begin = std::min((query.value->number - 1) * size, holders->all.size());
  const size_t end = std::min(begin + size, holders->all.size());
  JsonWriter json;
  BeginPage(size, query.value->number, holders->all.size(), json);
  for (size_t i = begin; i < end; ++i) {
    const Holder& one = holders->all[i];
    json.BeginObject();
    WriteAccountOfAccess(one.account, json);
    WriteActions(one.roles, holders->teams, tenant, json);
    json.EndObject();
  }
  json.EndArray().Field("complete", holders->complete).EndObject();
  call->Finish(ManagerJson(200, json.Take()));
}

}  // namespace

void AddControlPlaneAccess(const Deps& deps, CallerRoutes& routes) {
  routes.Add(http::Method::kGet, "/control-planes/{id}/ops/access",
             CallerRoutes::Needs::kControlPlane,
             [&deps](CallPtr call) { ListHolders(deps, call); });
}

}  // namespace skyden::rest
