// SPDX-License-Identifier: Apache-2.0
#include "rest/rollout_api.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "rest/if_revision.h"
#include "rest/problem.h"
#include "rest/refusal.h"
#include "rest/revision_text.h"
#include "rest/rollout_json.h"
#include "skyden/identity/permissions.h"
#include "skyden/kds/deliveries.h"
#include "skyden/resources/rollouts.h"
#include "skyden/store/store.h"

namespace skyden::rest {
namespace {

using http::Method;
using resources::Rollout;

constexpr char kRolloutsPath[] = "/control-planes/{id}/ops/rollouts";
constexpr char kOne[] = "/control-planes/{id}/ops/rollouts/{rollout}";

// As it is now, with how far its zones are.
void Tell(const Deps& deps, const CallPtr& call, int status,
          const absl::StatusOr<Rollout>& rollout) {
  if (!rollout.ok()) return call->Finish(Refusal(rollout.status(), *call));
  std::optional<kds::Propagation> propagation;
  if (deps.deliveries != nullptr) {
    kds::PropagationQuery query;
    query.zones = kds::PropagationQuery::Zones::kAll;
    query.revision = rollout->revision;
    auto read = deps.deliveries->Read(*call->scope, query);
    if (read.ok()) propagation = *std::move(read);
  }
  http::Response answer =
      ManagerJson(status, RolloutJson(*rollout, propagation.has_value() ? &*propagation : nullptr));
  call->Finish(WithRevision(std::move(answer), deps.store.epoch(), rollout->revision));
}

void Start(const Deps& deps, const CallPtr& call) {
  auto request = DecodeRollout(call->request.body);
  if (!request.value) return call->Finish(Refusal(request, *call));
  const auto if_revision = IfRevisionOf(*call, deps.store.epoch());
  if (!if_revision.ok()) return call->Finish(Refusal(if_revision.status(), *call));
  request.value->if_revision = *if_revision;
  Tell(deps, call, 201, deps.rollouts->Start(*call->scope, *std::move(request.value)));
}

void List(const Deps& deps, const CallPtr& call) {
  const auto all = deps.rollouts->List(*call->scope);
  if (!all.ok()) return call->Finish(Refusal(all.status(), *call));
  JsonWriter json;
  json.BeginObject().Key("data").BeginArray();
  // The newest first.
  for (auto rollout = all->rbegin(); rollout != all->rend(); ++rollout) {
    WriteRollout(*rollout, json);
  }
  json.EndArray().EndObject();
  call->Finish(ManagerJson(200, json.Take()));
}

std::string By(const Call& call, std::string_view what) {
  return std::string(what) + " by " + call.scope->who().name;
}

bool IsIn(const Rollout& rollout, model::TypeId type, const model::ResourceKey& key) {
  if (!key.name.empty()) return rollout.Find(type, key) != nullptr;
  if (!key.mesh.empty() && key.mesh != rollout.mesh) return false;
  return std::any_of(rollout.items.begin(), rollout.items.end(),
                     [type](const auto& item) { return item.type->id == type; });
}

}  // namespace

http::Response WithRollout(http::Response response, const Deps& deps,
                           const model::TenantScope& scope, model::TypeId type,
                           const model::ResourceKey& key) {
  if (deps.rollouts == nullptr) return response;
  const auto live = deps.rollouts->Live(scope);
  if (!live.ok()) return response;  // what was read is right without it
  std::string ids;
  for (const Rollout& rollout : (*live)->all()) {
    if (IsIn(rollout, type, key)) ids += (ids.empty() ? "" : ", ") + rollout.id;
  }
  if (!ids.empty()) response.headers.push_back({kRolloutHeader, std::move(ids)});
  return response;
}

void AddRollouts(const Deps& deps, CallerRoutes& routes) {
  using Needs = CallerRoutes::Needs;
  using Pace = CallerRoutes::Pace;
  using Do = void (*)(const Deps&, const CallPtr&);
  const auto add = [&](Method method, std::string_view pattern, model::Action action, Pace pace,
                       Do run) {
    routes.Add(method, pattern, Needs::kControlPlane,
               [&deps, run](const CallPtr& call) {
                 if (deps.rollouts == nullptr) {
                   return call->Finish(Refusal(
                       absl::UnavailableError("zones are not served now; try again"), *call));
                 }
                 run(deps, call);
               },
               {.pace = pace, .first = [action](const Call& call) {
                  return identity::CheckMay(*call.scope, action);
                }});
  };
  add(Method::kPost, kRolloutsPath, model::Action::kWrite, Pace::kLong, &Start);
  add(Method::kGet, kRolloutsPath, model::Action::kRead, Pace::kShort, &List);
  add(Method::kGet, kOne, model::Action::kRead, Pace::kShort,
      [](const Deps& on, const CallPtr& call) {
        Tell(on, call, 200, on.rollouts->Find(*call->scope, call->parameters["rollout"]));
      });
  add(Method::kPost, "/control-planes/{id}/ops/rollouts/{rollout}/pause", model::Action::kWrite,
      Pace::kShort, [](const Deps& on, const CallPtr& call) {
        Tell(on, call, 200,
             on.rollouts->Pause(*call->scope, call->parameters["rollout"], By(*call, "paused")));
      });
  add(Method::kPost, "/control-planes/{id}/ops/rollouts/{rollout}/resume", model::Action::kWrite,
      Pace::kShort, [](const Deps& on, const CallPtr& call) {
        Tell(on, call, 200, on.rollouts->Resume(*call->scope, call->parameters["rollout"]));
      });
  add(Method::kPost, "/control-planes/{id}/ops/rollouts/{rollout}/abort", model::Action::kWrite,
      Pace::kShort, [](const Deps& on, const CallPtr& call) {
        Tell(on, call, 200,
             on.rollouts->Abort(*call->scope, call->parameters["rollout"], By(*call, "aborted")));
      });
  add(Method::kPost, "/control-planes/{id}/ops/rollouts/{rollout}/finish", model::Action::kWrite,
      Pace::kLong, [](const Deps& on, const CallPtr& call) {
        Tell(on, call, 200, on.rollouts->Finish(*call->scope, call->parameters["rollout"]));
      });
}

}  // namespace skyden::rest
